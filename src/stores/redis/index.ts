export { openRedis } from './open-redis.ts'
export { createRedisBreakerHints } from './redis-breaker-hints.ts'
export { createRedisLimiter } from './redis-limiter.ts'
