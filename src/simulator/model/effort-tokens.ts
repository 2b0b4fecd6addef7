/** How many tokens a model may think for, by the effort that it is asked for. */
export const effortTokens: Readonly<Record<string, number>> = {
  minimal: 16,
  low: 48,
  medium: 96,
  high: 192,
  xhigh: 384,
  max: 768,
}
