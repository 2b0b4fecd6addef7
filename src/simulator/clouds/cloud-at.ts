import { bedrockDoor } from '../bedrock-converse/door.ts'
import { azureDoor } from './azure.ts'
import type { CloudDoor } from './cloud-door.ts'
import { vertexDoor } from './vertex.ts'

/** The cloud's door at an address, query included; nothing where none is. */
export function cloudAt(address: string): CloudDoor | undefined {
  const { pathname, searchParams } = new URL(address, 'http://simulator')
  return azureDoor(pathname, searchParams) ?? vertexDoor(pathname) ?? bedrockDoor(pathname)
}
