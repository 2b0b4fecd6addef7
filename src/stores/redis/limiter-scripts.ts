/**
 * A subject's minute is a hash: `t`, the second up to which it is swept; `l`, the last one that anything was taken in; `r`, `i` and `o`, the
 * sums of requests, input and output tokens; `r17…`, `i17…`, `o17…`, what of it was taken in that second. As in `core/minute-count.ts`,
 * a second counts until it is wholly out of the last sixty. Its calls at once are a sorted set of holds by when they run out.
 */
const shared = `
local function now_ms(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local kinds = { 'r', 'i', 'o' }

-- Sweeps out what counts no more; gives the second to count in, the sums, the last second of use, and what was taken in that second.
local function sweep(key, now)
  local second = math.floor(now / 1000)
  local state = redis.call('HMGET', key, 't', 'r', 'i', 'o', 'l', 'r' .. second, 'i' .. second, 'o' .. second)
  local swept = tonumber(state[1])
  local sums = { tonumber(state[2]) or 0, tonumber(state[3]) or 0, tonumber(state[4]) or 0 }
  local last = tonumber(state[5]) or 0
  local taken = { tonumber(state[6]) or 0, tonumber(state[7]) or 0, tonumber(state[8]) or 0 }
  if not swept or swept == second then return second, sums, last, taken end
  if swept > second then
    taken = redis.call('HMGET', key, 'r' .. swept, 'i' .. swept, 'o' .. swept)
    for kind = 1, 3 do taken[kind] = tonumber(taken[kind]) or 0 end
    return swept, sums, last, taken
  end
  if second - swept > 60 then
    redis.call('DEL', key)
    return second, { 0, 0, 0 }, last, { 0, 0, 0 }
  end
  local fields = {}
  for old = swept - 60, second - 61 do
    for _, kind in ipairs(kinds) do fields[#fields + 1] = kind .. old end
  end
  local before = redis.call('HMGET', key, unpack(fields))
  local gone = {}
  for index, amount in ipairs(before) do
    if amount then
      local kind = (index - 1) % 3 + 1
      sums[kind] = sums[kind] - tonumber(amount)
      gone[#gone + 1] = fields[index]
    end
  end
  if #gone > 0 then redis.call('HDEL', key, unpack(gone)) end
  redis.call('HSET', key, 't', second, 'r', sums[1], 'i', sums[2], 'o', sums[3])
  return second, sums, last, taken
end
`

/**
 * Takes what a call needs from all limits, or from none. Keys: of each limit its minute and its holds. Arguments: the time or nothing,
 * the hold, for how long it holds, input tokens, output tokens; then of each limit its four amounts, or -1. Gives the time; of each limit
 * the second, the three sums and the last second of use; and where it is refused, the limit, the kind, what is left and the wait (-1: for ever).
 */
export const admitScript = `${shared}
local now = now_ms(ARGV[1])
local need = { 1, tonumber(ARGV[4]), tonumber(ARGV[5]) }
local states, taken, worst = {}, {}, nil

local function see(limit, kind, left, wait)
  if worst and worst[4] == -1 then return end
  if not worst or wait == -1 or wait > worst[4] then worst = { limit, kind, math.max(0, left), wait } end
end

local function wait_for(key, kind, second, amount)
  local fields = {}
  for old = second - 60, second do fields[#fields + 1] = kind .. old end
  local taken = redis.call('HMGET', key, unpack(fields))
  for index, used in ipairs(taken) do
    if used then amount = amount - tonumber(used) end
    if amount <= 0 then return (second - 60 + index - 1 + 61) * 1000 - now end
  end
  return 0
end

for index = 1, #KEYS / 2 do
  local minute, holds = KEYS[index * 2 - 1], KEYS[index * 2]
  local second, sums, last
  second, sums, last, taken[index] = sweep(minute, now)
  states[index] = { second, sums[1], sums[2], sums[3], last }
  for kind = 1, 3 do
    local most = tonumber(ARGV[1 + index * 4 + kind])
    local left = most - sums[kind]
    if most >= 0 and need[kind] > 0 and need[kind] > left then
      if need[kind] > most then see(index, kind, left, -1)
      else see(index, kind, left, wait_for(minute, kinds[kind], second, need[kind] - left)) end
    end
  end
  local places = tonumber(ARGV[1 + index * 4 + 4])
  if places >= 0 and redis.call('ZCARD', holds) >= places then
    redis.call('ZREMRANGEBYSCORE', holds, '-inf', now)
    if redis.call('ZCARD', holds) >= places then see(index, 4, 0, 1000) end
  end
end
if worst then return { now, states, worst } end

for index = 1, #KEYS / 2 do
  local minute, holds = KEYS[index * 2 - 1], KEYS[index * 2]
  local state, changed = states[index], {}
  local second = state[1]
  for kind = 1, 3 do
    if tonumber(ARGV[1 + index * 4 + kind]) >= 0 then
      state[1 + kind] = state[1 + kind] + need[kind]
      changed[#changed + 1] = kinds[kind]
      changed[#changed + 1] = state[1 + kind]
      changed[#changed + 1] = kinds[kind] .. second
      changed[#changed + 1] = taken[index][kind] + need[kind]
    end
  end
  if #changed > 0 then
    redis.call('HSET', minute, 't', second, 'l', second, unpack(changed))
    if state[5] ~= second then redis.call('PEXPIRE', minute, 62000) end
    state[5] = second
  end
  if tonumber(ARGV[1 + index * 4 + 4]) >= 0 then
    redis.call('ZADD', holds, now + tonumber(ARGV[3]), ARGV[2])
    redis.call('PEXPIRE', holds, tonumber(ARGV[3]) + 1000)
  end
end
return { now, states }
`

/**
 * Ends calls. Keys: a minute or holds each. Arguments: for each key either the second, and by how much input and
 * output tokens are corrected, or the hold that ends, and nothing twice.
 */
export const endScript = `
for index, key in ipairs(KEYS) do
  local first, input, output = ARGV[index * 3 - 2], ARGV[index * 3 - 1], ARGV[index * 3]
  if input == '' then
    redis.call('ZREM', key, first)
  else
    -- A second that counts no more and is not swept yet stands in the sums, too.
    local state = redis.call('HMGET', key, 'i', 'o', 'i' .. first, 'o' .. first)
    local changed = {}
    for kind, letter in ipairs({ 'i', 'o' }) do
      local sum, taken = tonumber(state[kind]), tonumber(state[kind + 2])
      local by = tonumber(kind == 1 and input or output)
      if by ~= 0 and sum and taken then
        by = math.max(by, -taken)
        local at = #changed
        changed[at + 1], changed[at + 2] = letter, sum + by
        changed[at + 3], changed[at + 4] = letter .. first, taken + by
      end
    end
    if #changed > 0 then redis.call('HSET', key, unpack(changed)) end
  end
end
return 0
`

/**
 * Says that a process lives and which holds are still its own. Keys: the processes, then holds. Arguments: the time or nothing, the process,
 * for how long it counts, for how long holds hold; then of each key the hold. Gives how many processes live.
 */
export const liveScript = `${shared}
local now = now_ms(ARGV[1])
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[3]) + 1000)
for index = 2, #KEYS do
  redis.call('ZADD', KEYS[index], now + tonumber(ARGV[4]), ARGV[3 + index])
  redis.call('PEXPIRE', KEYS[index], tonumber(ARGV[4]) + 1000)
end
return redis.call('ZCARD', KEYS[1])
`
