const imperative =
  /^(?:please\s+)?(?:summari[sz]e|classify|categori[sz]e|extract|triage|analy[sz]e|translate|rate|judge|grade|evaluate|review|rewrite|answer|read|label|tag|route|here is|given|you are|tl;?dr|what follows|the following)\b/i

/** What a message is about: the text that it delimits or introduces, else all of it. */
export function subjectOf(message: string): string {
  return delimited(message) ?? introduced(message) ?? message.trim()
}

function delimited(message: string): string | undefined {
  const tagged = [...message.matchAll(/<([a-zA-Z][\w-]*)\b[^>]*>([\s\S]*?)<\/\1>/g)].map((match) => match[2]!.trim())
  const quoted = [...message.matchAll(/"""([\s\S]+?)"""|```(?:\w*\n)?([\s\S]+?)```/g)].map((match) =>
    (match[1] ?? match[2])!.trim(),
  )
  const found = [...tagged, ...quoted].filter((text) => /\p{L}.*\p{L}/su.test(text))
  return found.length > 0 ? found.join('\n').replace(/<\/?[a-zA-Z][^>]*>/g, '') : undefined
}

function introduced(message: string): string | undefined {
  const trimmed = message.trim()
  if (!imperative.test(trimmed)) return undefined
  const split = /^([^\n]{0,300}?)(?::\s+|\n\s*\n|:?\n)([\s\S]+)$/.exec(trimmed)
  const rest = split?.[2]?.trim() ?? ''
  return rest.length >= 10 ? rest.replace(/^["“]|["”]$/g, '') : undefined
}
