/**
 * The id in the ARN of a foundation model, or of a cross-region profile that AWS defines; null for any other ARN, which says nothing
 * of the model: an application's own profile, a custom model. Undefined for what is no ARN.
 */
export function modelOfArn(model: string): string | null | undefined {
  if (!model.startsWith('arn:')) return undefined
  return (
    /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:(?:\d{12})?:(?:foundation-model|inference-profile)\/([^/]+)$/.exec(
      model,
    )?.[1] ?? null
  )
}
