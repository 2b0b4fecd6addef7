import type { EvalRunRow } from '../../../src/admin/api.ts'

const tones: Readonly<Record<string, string>> = {
  passed: 'fine',
  failed: 'bad',
  regressed: 'bad',
  inconclusive: 'warn',
}
const endings: Readonly<Record<string, string>> = { money: ', money spent', stopped: ', stopped early' }

/** What an eval run says, all in all. */
export function Verdict({ run: { verdict, ending } }: { readonly run: EvalRunRow }) {
  if (verdict === undefined) return <span class="quiet">not ended</span>
  return (
    <span class={`outcome ${tones[verdict] ?? 'warn'}`}>
      {verdict}
      {ending !== undefined && endings[ending]}
    </span>
  )
}
