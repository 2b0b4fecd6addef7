import type { ToolDefinition } from '../../core/request.ts'
import { InseamError } from '../../errors/index.ts'
import type { Tool } from '../../tools/tool.ts'
import type { AnyFeature } from '../feature.ts'

/** A feature's tools by name. Throws `feature-invalid` where there are none, and where two have one name. */
export function toolsOf({ name, tools = [] }: AnyFeature): ReadonlyMap<string, Tool> {
  const byName = new Map<string, Tool>()
  for (const tool of tools) {
    if (byName.has(tool.name))
      throw new InseamError('feature-invalid', `Two tools of "${name}" are called "${tool.name}".`, {
        fix: 'Give each tool a name of its own: the model asks for it by name.',
      })
    byName.set(tool.name, tool)
  }
  if (byName.size > 0) return byName
  throw new InseamError('feature-invalid', `"${name}" has no tools, so nothing can be done.`, {
    fix: 'Give the feature `tools`, or use `seam.complete`.',
  })
}

/** The tools as the model is told of them. */
export function definitionsOf(tools: ReadonlyMap<string, Tool>): ToolDefinition[] {
  return [...tools.values()].map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
}
