import type { Answer, Commands, Question } from '../harness/child.ts'

/** Answers the parent's questions until the parent leaves. */
export function serve(commands: Commands): void {
  process.on('message', async ({ id, name, input }: Question) => {
    const say = (answer: Answer) => process.send?.(answer)
    try {
      const command = commands[name] as ((...input: readonly unknown[]) => unknown) | undefined
      if (!command) throw new Error(`There is no command "${name}".`)
      say({ id, result: await command(...input) })
    } catch (error) {
      say({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit())
}
