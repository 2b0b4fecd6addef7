import { type FaultKind, faults } from '../simulator/index.ts'

const width = 80

/** What `inseam simulate --help` says below the options: examples, and every fault with its parameters, by category. */
export function simulateHelp(): string {
  const categories = Map.groupBy(faults, ({ category }) => category)
  return [
    `
Examples:
  inseam simulate --fault overloaded@3       three failures, then all is well
  inseam simulate --fault stall:after=2 --fault rate-limited
                                             two faults that take turns
  inseam simulate --scenario outage.yaml     as the file says, edited at will
  curl localhost:4100/simulator/log?follow   what arrives, and what it costs

A fault is asked for by a model's name (sim-small+stall:after=2@3), by a header
(x-simulate: stall; after=2), by --fault, or by a scenario. Fields of scenarios,
with examples: docs/simulator.md.`,
    ...[...categories].map(([category, kinds]) => `\nFaults of the ${category}:\n${kinds.map(toldBriefly).join('\n')}`),
  ].join('\n')
}

function toldBriefly({ name, description, params }: FaultKind): string {
  const written = Object.entries(params).map(([param, kind]) => `${param}=${kind.default}`)
  const lines = wrapped(written.length === 0 ? description : `${description} [${written.join(', ')}]`, width - 29)
  return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(27)}${line}`.trimEnd()).join('\n')
}

/** The text in lines of at most so many characters, cut between words. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > most) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
