import type { FaultParam } from './fault-kind.ts'

/** When a fault in the middle strikes. */
export const after: FaultParam = { description: 'content deltas that are sent before it strikes', default: 3 }
