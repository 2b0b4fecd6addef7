/** The model that was asked, from `provider/model`: for an answer that does not name its own. */
export function askedModel(target: string): string {
  return target.slice(target.indexOf('/') + 1)
}
