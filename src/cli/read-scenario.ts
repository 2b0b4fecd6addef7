import { readFile } from 'node:fs/promises'
import { parse, YAMLParseError } from 'yaml'
import { InseamError } from '../errors/index.ts'
import { checkScenario, type Scenario, ScenarioInvalid, scenarioOfFaults } from '../simulator/index.ts'

/** The scenario of a file, YAML or JSON. Throws `config-invalid` with the path of the file and the place in it. */
export async function readScenario(path: string): Promise<Scenario> {
  try {
    return checkScenario(parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new InseamError('config-invalid', `${path}  ${saidBy(cause)}`, {
      fix: fixOf(cause),
      cause,
    })
  }
}

function fixOf(cause: unknown): string {
  if (cause instanceof ScenarioInvalid)
    return 'Correct that place of the scenario; `inseam simulate --help` lists the faults.'
  if (cause instanceof YAMLParseError) return 'Correct that line, so that the file is YAML or JSON.'
  return 'Name a file that is there and may be read.'
}

/** The scenario of `--fault`, given once or several times. Throws `config-invalid`. */
export function scenarioOf(written: readonly string[]): Scenario {
  try {
    return scenarioOfFaults(written)
  } catch (cause) {
    if (!(cause instanceof ScenarioInvalid)) throw cause
    const index = Number(/\d+/.exec(cause.path)?.[0])
    const said = cause.message.slice(cause.path.length + 2)
    throw new InseamError('config-invalid', `--fault ${written[index]}: ${said}`, {
      fix: 'Write it as `stall`, `stall:after=0` or `stall@3` (the first three requests); `inseam simulate --help` lists the faults.',
      cause,
    })
  }
}

const saidBy = (cause: unknown) =>
  (cause instanceof Error ? cause.message : String(cause)).trim().replaceAll(/\n\s*\n/g, '\n')
