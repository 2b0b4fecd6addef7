import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EvalCommands, EvalRunFigures } from '../children/evals.ts'
import type { Benchmark, Effort, Opened, Subject } from '../harness/benchmark.ts'
import { startChild } from '../harness/child.ts'
import { openUpstream } from '../harness/upstream.ts'

const concurrency = 8

/** The version that is compared with; installed for the run, never a dependency. */
const promptfoo = 'promptfoo@0.123.1'

/** What it took in November 2026, on two cores of an AMD EPYC, over 2,000 cases; for machines that cannot install it. */
const cited: EvalRunFigures = { wallUs: 5_000, cpuUs: 5_700, peakMb: 523 }

const open =
  (figure: (figures: EvalRunFigures) => number) =>
  async ({ isQuick }: Effort): Promise<Opened> => {
    await using stack = new AsyncDisposableStack()
    const { port } = await openUpstream(stack)
    const runner = async (file: string, cases: number, ...words: string[]): Promise<Subject['measure']> => {
      const child = stack.use(startChild<EvalCommands>(file, words))
      await child.ask('open', port)
      return async () => figure(await child.ask('run', isQuick ? cases / 4 : cases, concurrency))
    }
    const folder = await promptfooFolder()
    const subjects: Subject[] = [
      {
        name: 'inseam',
        note: '8,000 cases, one scorer, whole pipeline',
        measure: await runner('evals-ours.ts', 8_000),
      },
      folder === undefined
        ? {
            name: 'promptfoo',
            note: 'NOT MEASURED: it cannot be installed here; a figure of November 2026',
            measure: async () => figure(cited),
          }
        : {
            name: 'promptfoo',
            note: `${promptfoo}, 800 cases, one assertion`,
            measure: await runner('evals-promptfoo.ts', 800, folder),
          },
    ]
    const opened = stack.move()
    return { subjects, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  }

let installing: Promise<string | undefined> | undefined

/** A folder with promptfoo, once a run and removed with it; `undefined` where the registry does not give it. */
function promptfooFolder(): Promise<string | undefined> {
  installing ??= installPromptfoo()
  return installing
}

async function installPromptfoo(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'inseam-bench-promptfoo-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const words = ['install', promptfoo, '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund']
  try {
    await promisify(execFile)('npm', words, { cwd: folder, timeout: 300_000 })
    return folder
  } catch {
    return undefined
  }
}

const how = (what: string) =>
  `${what} of a case of an eval run, 8 at a time against one upstream in another process; every case must pass. promptfoo is given a tenth of the cases, so that a round ends within a minute.`

export const evals: Benchmark = {
  name: 'evals',
  title: 'Eval runner: time of a case',
  how: how('Wall time'),
  unit: 'us/case',
  isLessBetter: true,
  targets: [{ subject: 'inseam', versus: 'promptfoo', atMost: 0.2 }],
  open: open(({ wallUs }) => wallUs),
}

export const evalsCpu: Benchmark = {
  name: 'evals-cpu',
  title: 'Eval runner: CPU of a case',
  how: how('CPU time of the process'),
  unit: 'us/case',
  isLessBetter: true,
  targets: [{ subject: 'inseam', versus: 'promptfoo', atMost: 0.2 }],
  open: open(({ cpuUs }) => cpuUs),
}
