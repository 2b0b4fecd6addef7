/** Whether a Claude counts the tokens of its thinking and knows no degrees of effort: those before Opus 4.5, Sonnet 4.5 and Haiku 4.5 among them. */
export function countsThinking(model: string): boolean {
  return /claude-(?:3|(?:sonnet|opus)-4-(?:2025|1)|sonnet-4-5|haiku-4-5)/.test(model)
}

/** Budgets, in tokens, for models from before degrees of effort; 1,024 is the least that they take. */
export const effortBudgets = {
  minimal: 1_024,
  low: 1_024,
  medium: 4_096,
  high: 16_384,
  xhigh: 24_576,
  max: 32_768,
} as const
