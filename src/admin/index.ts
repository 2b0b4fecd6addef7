export type { BreakableSimulator } from './break-it.ts'
export { createLiveCalls, type LiveCalls } from './live-calls.ts'
export { type Admin, type AdminOptions, openAdmin } from './open-admin.ts'
