export { type Gateway, type GatewayOptions, openGateway } from './gateway.ts'
export type { GatewayKey } from './gateway-key.ts'
