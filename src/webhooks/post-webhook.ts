/** Sends a body and gives the status of the answer. Rejects where none came. */
export type PostWebhook = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
) => Promise<number>

/** Sends it over HTTP; follows no redirect, and reads nothing of the answer but its status. */
export const postWebhook: PostWebhook = async (url, headers, body, signal) => {
  const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
  await answer.body?.cancel()
  return answer.status
}
