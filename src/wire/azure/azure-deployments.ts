import type { Address, TargetCodec } from '../codec.ts'
import { pathSegment } from '../path-segment.ts'

/** Places that stand below a deployment, as OpenAI's SDK lists them for Azure; the others take it in the body. */
const belowDeployment: ReadonlySet<string> = new Set(['/chat/completions', '/embeddings'])

/**
 * A dialect of OpenAI's at the dated API of Azure, below a base URL that ends with `/openai`. The path names the deployment, and
 * so does the model field, which Azure does not read there. It counts no tokens there.
 */
export function azureDeployments(codec: TargetCodec, apiVersion: string): TargetCodec {
  const query = `?api-version=${encodeURIComponent(apiVersion)}`
  const addressOf = (path: string): Address => ({
    write: (model) => `${belowDeployment.has(path) ? `/deployments/${pathSegment(model)}` : ''}${path}${query}`,
    read: () => undefined,
  })
  return {
    ...codec,
    address: addressOf(codec.path),
    operations: codec.operations
      .filter(({ operation }) => operation !== 'count-tokens')
      .map((operation) => ({ ...operation, address: addressOf(operation.path) })),
  }
}
