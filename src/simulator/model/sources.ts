import { contentWords, sentencesOf, sharedWords } from './words.ts'

/** A passage that the prompt offers to answer from. */
interface Source {
  readonly id: string
  readonly text: string
}

export interface Citation {
  readonly id: string
  readonly quote: string
}

/** A heading names what is below it, and answers nothing. */
const headings = /^#{1,6} .*$/gm
const tagged = /<(source|document|doc|passage|chunk|context)\b([^>]*)>([\s\S]*?)<\/\1>/gi
const bracketed =
  /^[ \t]*\[(?:(?:source|document|doc|passage|chunk|context)\s*#?\s*)([\w.-]+)([^\]\n]*)\][ \t]*:?[ \t]*/gim
const numbered = /^[ \t]*\[(\d+)\][ \t]*:?[ \t]+/gm
const question = /^[ \t]*(?:user\s+)?(?:question|query)[ \t]*:[ \t]*/im

/** The sources in a prompt: `<source id="1">…</source>`, `[Source 1]: …`, or lines that begin with `[1]`. */
export function sourcesIn(prompt: string): Source[] {
  const inTags = [...prompt.matchAll(tagged)].map((match, index) => ({
    id: /\b(?:id|index|number|n)\s*=\s*["']?([\w.:-]+)/i.exec(match[2]!)?.[1] ?? String(index + 1),
    text: match[3]!.replace(/<[^>]+>/g, ' ').trim(),
  }))
  if (inTags.length > 0) return inTags
  const inBrackets = marked(prompt, bracketed)
  return inBrackets.length > 0 ? inBrackets : marked(prompt, numbered)
}

function marked(prompt: string, marker: RegExp): Source[] {
  const marks = [...prompt.matchAll(marker)]
  return marks.map((mark, index) => {
    const start = mark.index + mark[0].length
    const rest = prompt.slice(start, marks[index + 1]?.index ?? prompt.length)
    const end = [rest.search(question), rest.search(/\n[ \t]*\n(?=[^\n]*\?\s*$)/)].filter((at) => at >= 0)
    return { id: mark[1]!, text: rest.slice(0, end.length > 0 ? Math.min(...end) : rest.length).trim() }
  })
}

/** The question of a message that may hold sources as well. */
export function questionIn(message: string): string {
  const labelled = question.exec(message)
  if (labelled !== null)
    return message
      .slice(labelled.index + labelled[0].length)
      .split(/\n\s*\n/)[0]!
      .trim()
  const bare = message.replace(tagged, ' ')
  const sentences = sentencesOf(bare)
  return sentences.findLast((sentence) => sentence.endsWith('?')) ?? sentences.at(-1) ?? bare.trim()
}

/** The answer that the sources hold to a question: the sentences that share most with it, cited as `[1]`; or that there is none. */
export function answerFromSources(asked: string, sources: readonly Source[], prompt: string) {
  const wanted = contentWords(asked)
  const ranked = sources
    .flatMap((source) =>
      sentencesOf(source.text.replace(headings, '')).map((quote) => ({
        id: source.id,
        quote,
        shared: sharedWords(wanted, contentWords(quote)),
      })),
    )
    .sort((left, right) => right.shared.length - left.shared.length)
  const [best, second] = ranked
  const needed = Math.max(1, Math.ceil(new Set(wanted).size / 3))
  if (best === undefined || best.shared.length < needed) return { answer: unknown(prompt), found: false, citations: [] }
  const adds = second?.shared.some((word) => !best.shared.includes(word)) === true
  const used = adds ? [best, second!] : [best]
  return {
    answer: used.map(({ quote, id }) => `${quote} [${id}]`).join(' '),
    found: true,
    citations: used.map(({ id, quote }) => ({ id, quote })),
  }
}

/** What the prompt asks to say where the sources are silent. */
function unknown(prompt: string): string {
  const scripted =
    /["“'‘`]((?:I (?:don['’]t|do not|cannot|can['’]t)|No answer|Not found|Unknown|The (?:sources|documents))[^"”`\n]*?)["”'’`](?!\w)/i.exec(
      prompt,
    )
  return scripted?.[1] ?? "I don't know: the sources do not say."
}
