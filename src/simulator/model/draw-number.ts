import { asText, type JsonObject } from '../json.ts'
import type { Random } from '../seeded-random.ts'
import type { Drawn } from './drawn.ts'
import { type Evidence, identifierFor, labelledValue, moneyIn, numberNear, numbersIn } from './evidence.ts'
import { contentWords } from './words.ts'

/** A number within the schema's bounds: the one that the text gives for the name, else a plausible one. */
export function drawNumber(
  schema: JsonObject,
  type: 'number' | 'integer',
  name: string,
  evidence: Evidence,
  random: Random,
): Drawn {
  const range = rangeOf(schema, type)
  const stated = statedNumber(name, asText(schema.description), evidence.text)
  if (stated !== undefined && fits(stated, range)) return { value: stated, evidenced: true }
  if (/confidence|probability|score|certainty|likelihood|rating/i.test(name)) {
    const most = Number.isFinite(range.most) ? range.most : type === 'integer' ? 5 : 1
    const least = Number.isFinite(range.least) ? range.least : 0
    return { value: fitted(least + (most - least) * (0.6 + 0.35 * random()), range), evidenced: true }
  }
  const least = Number.isFinite(range.least)
    ? range.least
    : Number.isFinite(range.most)
      ? Math.min(range.most - 10, 1)
      : 1
  const most = Number.isFinite(range.most) ? range.most : least + 9
  return { value: fitted(least + (most - least) * random(), range), evidenced: false }
}

interface Range {
  readonly least: number
  readonly most: number
  readonly step: number
}

function rangeOf(schema: JsonObject, type: 'number' | 'integer'): Range {
  const step = typeof schema.multipleOf === 'number' ? schema.multipleOf : type === 'integer' ? 1 : 0
  const beyond = step > 0 ? step : 1e-6
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  return {
    least: Math.max(
      typeof minimum === 'number' ? minimum : Number.NEGATIVE_INFINITY,
      typeof exclusiveMinimum === 'number' ? exclusiveMinimum + beyond : Number.NEGATIVE_INFINITY,
    ),
    most: Math.min(
      typeof maximum === 'number' ? maximum : Number.POSITIVE_INFINITY,
      typeof exclusiveMaximum === 'number' ? exclusiveMaximum - beyond : Number.POSITIVE_INFINITY,
    ),
    step,
  }
}

function statedNumber(name: string, description: string, text: string): number | undefined {
  const labelled = Number.parseFloat(labelledValue(text, name) ?? '')
  if (!Number.isNaN(labelled)) return labelled
  const words = contentWords(name)
  if (/amount|price|total|cost|fee|refund|balance|value|salary|budget/i.test(name)) {
    const money = moneyIn(text)
    if (money !== undefined) return money
  }
  const near = numberNear(text, words)
  if (near !== undefined) return near
  if (/(^|_)(id|number|no|ref)$|Id$|Number$|order|ticket|invoice|account/i.test(name)) {
    const digits = /\d+/.exec(identifierFor(text, name) ?? '')?.[0]
    if (digits !== undefined) return Number(digits)
  }
  const wanted = /quantity|count|^[a-z]$|value/i.test(name) || contentWords(description).includes('number')
  return wanted ? numbersIn(text)[0] : undefined
}

function fits(value: number, range: Range): boolean {
  return value >= range.least && value <= range.most && (range.step === 0 || isMultiple(value, range.step))
}

function isMultiple(value: number, step: number): boolean {
  return Math.abs(value / step - Math.round(value / step)) < 1e-9
}

function fitted(value: number, range: Range): number {
  if (range.step === 0) return Math.min(range.most, Math.max(range.least, Math.round(value * 100) / 100))
  const least = Math.ceil(range.least / range.step)
  const most = Math.floor(range.most / range.step)
  const steps = Math.min(most, Math.max(least, Math.round(value / range.step)))
  return Number((steps * range.step).toPrecision(12))
}
