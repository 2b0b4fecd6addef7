import { type AddressKind, type Fault, faults, type Simulator } from '../../src/simulator/index.ts'
import { bodyCatalogue } from './body-catalogue.ts'
import { connectionCatalogue } from './connection-catalogue.ts'
import type { Due } from './due.ts'
import { furtherCatalogue } from './further-catalogue.ts'
import { statusCatalogue } from './status-catalogue.ts'
import { streamCatalogue } from './stream-catalogue.ts'

/** Every dialect that a target speaks. */
export const dialects = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'bedrock-converse'] as const
export type TargetDialect = (typeof dialects)[number]

/** One way to fail, out of the catalogue of faults. */
export interface CatalogueFault {
  /** Its number in the catalogue; absent where the simulator can do more than the catalogue has. */
  readonly number?: number
  readonly title: string
  /**
   * R: the same target again. F: another target. W: after the stated wait. X: nobody. U: the credential or the configuration is
   * at fault. TE: a typed error. INC: never a success. OK: nothing to see.
   */
  readonly behaviour: string
  /** Variants of it, each with what is due. */
  readonly ways: readonly Way[]
}

/** How a fault is made, and what is due. */
export interface Way {
  /** The simulator's fault with its parameters; or an address of the simulator's where nothing but the fault is. */
  readonly made: Made
  /** Only so many first requests are struck. */
  readonly times?: number
  /** Absent: all of them. */
  readonly only?: readonly TargetDialect[]
  /** Where something else, or nothing, is due. */
  readonly except?: readonly TargetDialect[]
  /** Not streamed. Absent: the fault makes no sense there. */
  readonly whole?: Due
  readonly streamed?: Due
  /** Whether a tool has to be offered for it. */
  readonly withTool?: boolean
  /** Whether the answer's words are other ones than those that the model was told to say. */
  readonly otherWords?: boolean
  /** Whether a clock has to run out: then the clocks are short. */
  readonly waits?: boolean
  /** Whether it takes a call before it on the same connection. */
  readonly warm?: boolean
  /** Whether it closes connections unanswered: on one that was used before, a request goes out once more, for nothing. */
  readonly closes?: boolean
  /** Whether it is asked for by a header, because it strikes before the body is read. */
  readonly byHeader?: boolean
  /** Whether the client leaves once the provider has the request. */
  readonly leaves?: boolean
  /** What it does to memory is worth a process of its own. */
  readonly heavy?: boolean
  /** The dialect whose own client cannot read such a stream from its own provider, whose bytes pass as they are. */
  readonly unreadableBy?: TargetDialect
  /** Whether the usage that is told is a lie, which the books need not repeat. */
  readonly liesAboutUsage?: boolean
}

/** A fault by the name that the simulator has for it, or an address of the simulator's where nothing but the fault is. */
export type Made =
  | { readonly type: string; readonly [param: string]: string | number | boolean }
  | { readonly address: AddressKind | 'refused' }

/** A part of the catalogue. */
export const parts = {
  connection: connectionCatalogue,
  status: statusCatalogue,
  body: bodyCatalogue,
  stream: streamCatalogue,
  further: furtherCatalogue,
} as const satisfies Record<string, readonly CatalogueFault[]>
export type PartName = keyof typeof parts

/** All 104, in order. */
export const catalogue: readonly CatalogueFault[] = [
  ...connectionCatalogue,
  ...statusCatalogue,
  ...bodyCatalogue,
  ...streamCatalogue,
]

/** Whether the simulator can do it. */
export function isMade({ made }: Way): boolean {
  if ('address' in made) return true
  const kind = faults.find(({ name }) => name === made.type)
  return kind !== undefined && Object.keys(made).every((param) => param === 'type' || Object.hasOwn(kind.params, param))
}

/** The fault as the simulator takes it, where it is no address. */
export function faultOf({ made }: Way): Fault | undefined {
  return 'address' in made ? undefined : (made as Fault)
}

/** Where the fault is: at an address that has nothing else, or at the simulator itself. */
export async function urlOf({ made }: Way, simulator: Simulator): Promise<string> {
  if (!('address' in made)) return simulator.url
  return made.address === 'refused' ? simulator.refusedUrl : simulator.address(made.address as AddressKind)
}

/** As one writes it after a model's name: `+cut:after=3`. */
export function spelled({ made, times }: Way): string {
  if ('address' in made) return `${made.address}`
  const { type, ...params } = made
  const told = Object.entries(params).map(([param, value]) => `${param}=${value}`)
  return `${type}${told.length > 0 ? `:${told.join(',')}` : ''}${times === undefined ? '' : `@${times}`}`
}
