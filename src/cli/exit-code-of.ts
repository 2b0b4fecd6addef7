import type { SuiteReport } from '../evals/index.ts'

/** What a run means for CI: 0 passed, 1 regressed or failed, 3 not enough evidence. An accepted run only has to hold `minPass`. */
export function exitCodeOf(
  { verdict, passRate }: SuiteReport,
  { isAccepted, minPass = 0 }: { readonly isAccepted: boolean; readonly minPass?: number },
): number {
  if (isAccepted) return (passRate ?? 0) >= minPass ? 0 : 1
  if (verdict === 'passed') return 0
  return verdict === 'inconclusive' ? 3 : 1
}

/** The exit code of several runs: what is proven counts more than what is doubtful. */
export function worst(codes: readonly number[]): number {
  return [1, 3].find((code) => codes.includes(code)) ?? 0
}
