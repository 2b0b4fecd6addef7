import { Argument, type Command } from 'commander'
import { faults } from '../simulator/index.ts'

/** `inseam completion bash|zsh|fish`: what a shell needs to complete the commands, generated from the commands themselves. */
export function completionCommand(program: Command): void {
  program
    .command('completion')
    .description('Print the completion script of a shell: eval "$(inseam completion bash)".')
    .addArgument(new Argument('<shell>', 'what to complete in').choices(shells))
    .action((shell: Shell) => console.log(writers[shell](placesOf(program, ''))))
}

/** A command by its path (`events tail`), and the words that may follow it. */
interface Place {
  readonly path: string
  readonly words: readonly Word[]
}

interface Word {
  readonly word: string
  readonly says: string
  /** What may follow it, where that is known. */
  readonly values?: readonly string[]
}

/** Options whose values are known, beside those that a command lists itself. */
const valuesOf: Readonly<Record<string, readonly string[]>> = { '--fault': faults.map(({ name }) => name) }

function placesOf(command: Command, path: string): Place[] {
  const words: Word[] = [
    ...command.commands.map((sub) => ({ word: sub.name(), says: sub.description() })),
    ...command.options.map(({ long, short, description, argChoices }) => {
      const values = argChoices ?? valuesOf[long ?? '']
      return { word: long ?? short ?? '', says: description, ...(values && { values }) }
    }),
    { word: '--help', says: 'show what there is' },
  ]
  return [{ path, words }, ...command.commands.flatMap((sub) => placesOf(sub, `${path} ${sub.name()}`.trim()))]
}

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

const writers: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: writeBash,
  zsh: (places) => `autoload -Uz bashcompinit && bashcompinit\n${writeBash(places)}`,
  fish: writeFish,
}

function writeBash(places: readonly Place[]): string {
  const cases = places.map(({ path, words }) => {
    const list = words.map(({ word }) => word).join(' ')
    return `    "${path}") COMPREPLY=($(compgen -W "${list}" -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`
  })
  const answers = places.flatMap(({ path, words }) =>
    words.flatMap(({ word, values }) =>
      values === undefined
        ? []
        : `    "${path} ${word}") COMPREPLY=($(compgen -W "${values.join(' ')}" -- "\${COMP_WORDS[COMP_CWORD]}")); return ;;`,
    ),
  )
  const known = places.map(({ path }) => `"${path}"`).join('|')
  return `_inseam() {
  local at="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in ${known}) at="\${at:+$at }$word" ;; esac
  done
  case "$at \${COMP_WORDS[COMP_CWORD-1]}" in
${answers.join('\n')}
  esac
  case "$at" in
${cases.join('\n')}
  esac
}
complete -o default -F _inseam inseam`
}

function writeFish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) => {
    const names = path.split(' ').filter((name) => name !== '')
    const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ')
    return words.map(({ word, says, values }) => {
      const follows = values === undefined ? '' : ` -x -a '${values.join(' ')}'`
      const what = word.startsWith('--') ? `-l ${word.slice(2)}${follows}` : `-a ${word}`
      return `complete -c inseam -n '${seen || '__fish_use_subcommand'}' ${what} -d '${says.replaceAll("'", '’')}'`
    })
  })
  return lines.join('\n')
}
