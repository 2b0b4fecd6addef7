import { expect, it } from 'vitest'
import { isLoopback } from './is-loopback.ts'

it.each(['127.0.0.1', '127.8.9.10', 'localhost', 'LocalHost', '::1', '[::1]'])(
  "takes %s for this machine's own",
  (host) => {
    expect(isLoopback(host)).toBe(true)
  },
)

it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.999', '127.0.0.1.example.com', 'localhost.example.com', ''])(
  "does not take %j for this machine's own",
  (host) => expect(isLoopback(host)).toBe(false),
)
