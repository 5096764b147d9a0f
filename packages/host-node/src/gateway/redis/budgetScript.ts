/** One script that reserves a request id and takes its tokens from buckets that all gateways share. */
import type { SharedTake } from "@galaxy/edge/ReplayStore"
import { scriptOf } from "./script.ts"

/**
 * Reserves as `Marker.reserveScript` does, and then takes a token from each bucket until one is empty. A bucket is what it held, in
 * thousandths of a token, and when by the clock of Redis; one that isn't there is full, so a bucket expires when it would be.
 *
 * KEYS: marker, reservation, buckets. ARGV: the marker's text, milliseconds to keep, the latest expected time of Redis; then the burst
 * in thousandths and the tokens per second of each bucket. Returns 1, 0 or 2 as there, or the place of the empty bucket, from 1 on, and
 * the milliseconds until it has a token.
 */
export const reserveWithin = scriptOf(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
if now > tonumber(ARGV[3]) then return 2 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 2 end
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then return 0 end
for at = 3, #KEYS do
  local burst, rate = tonumber(ARGV[at * 2 - 2]), tonumber(ARGV[at * 2 - 1])
  local held = burst
  local text = redis.call('GET', KEYS[at])
  if text then
    local millis, before = string.match(text, '^(%S+) (%S+)$')
    held = math.min(burst, tonumber(millis) + math.max(0, now - tonumber(before)) * rate)
  end
  if held < 1000 then return { at - 2, math.ceil((1000 - held) / rate) } end
  held = held - 1000
  redis.call('SET', KEYS[at], string.format('%.3f %.3f', held, now), 'PX', math.max(1, math.ceil((burst - held) / rate)))
end
return 1
`)

/** The buckets' keys, below a prefix. */
export const keysOf = (prefix: string, takes: ReadonlyArray<SharedTake>): ReadonlyArray<string> =>
  takes.map(({ kind, key }) => `${prefix}budget:${kind}:${key}`)

/** The buckets' arguments. */
export const argumentsOf = (takes: ReadonlyArray<SharedTake>): ReadonlyArray<number> =>
  takes.flatMap(({ rate }) => [rate.burst * 1_000, rate.perSecond])
