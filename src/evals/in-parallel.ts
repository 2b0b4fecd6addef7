/**
 * Takes items one by one and works on at most `concurrency` at a time, for as long as `mayBegin` says so. Resolves once all
 * that was begun has ended, with the source closed; then throws what the source or the work threw first, if anything.
 */
export async function inParallel<Item>(
  items: AsyncGenerator<Item, void, void>,
  { concurrency, mayBegin }: { readonly concurrency: number; readonly mayBegin: () => boolean },
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let failure: { readonly cause: unknown } | undefined
  const goesOn = () => failure === undefined && mayBegin()
  const worker = async () => {
    try {
      while (goesOn()) {
        const next = await items.next()
        if (next.done || !goesOn()) return
        await work(next.value)
      }
    } catch (cause) {
      failure ??= { cause }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  await items.return()
  if (failure) throw (failure as { readonly cause: unknown }).cause
}
