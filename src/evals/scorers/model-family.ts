/**
 * What two sets of model names have in common: a name (an alias), or a family (`claude`, `gpt`, `gemini`). A judge prefers
 * answers of its own family by 10 to 25 points (Zheng et al., arXiv 2306.05685). `undefined` where they have nothing in common.
 */
export function sharedFamily(left: readonly string[], right: readonly string[]): string | undefined {
  const same = left.find((name) => right.includes(name))
  if (same !== undefined) return `"${same}"`
  const families = new Set(right.filter(namesModel).map(familyOf))
  return left
    .filter(namesModel)
    .map(familyOf)
    .find((family) => families.has(family))
}

/** An alias says nothing about a family. */
const namesModel = (name: string) => name.includes('/')

function familyOf(name: string): string {
  const model = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
  const [first = model] = model.split(/[-.:_\d]/, 1)
  // OpenAI's reasoning models (o1, o4-mini) are of the same house as its gpt models.
  return /^(o\d|chatgpt|davinci)/.test(model) ? 'gpt' : first
}
