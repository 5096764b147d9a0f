/**
 * The key that reveals a loss of reservations, and the scripts that go with it.
 *
 * The marker is stored beside the reservations and disappears with them. It names the server that it was written on,
 * the time of the last loss, and a word that is new with each write. A reservation is made only under the very marker
 * that the gateway knows, in one script, so that all gateways on one Redis agree about the loss.
 *
 * Redis ends reservations by its own wall clock, so a script also returns or checks that clock. A second key holds the
 * stretches of time in which a gateway's clock was ahead, for as long as they are to come.
 */

import { scriptOf } from "./script.ts"

/** A marker as it was read from Redis. */
export interface Marker {
  /** The stored text. */
  readonly text: string
  /** Unix milliseconds. */
  readonly lostAtMs: number
}

/** Why the marker was written; `kept` when it wasn't. */
export type MarkerChange = "kept" | "missing" | "server" | "clock" | "set_back" | "raised"

/**
 * Reserves if the marker is still the given one, and the clock of Redis isn't further than expected.
 *
 * KEYS: marker, reservation. ARGV: the marker's text, milliseconds to keep, the latest expected time of Redis.
 * Returns 1 for the first, 0 for a repetition, 2 when the marker or the clock is a different one.
 */
export const reserveScript = `
local time = redis.call('TIME')
if time[1] * 1000 + time[2] / 1000 > tonumber(ARGV[3]) then return 2 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 2 end
if redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then return 1 end
return 0
`

/** Runs `reserveScript`. */
export const reserve = scriptOf(reserveScript)

/**
 * Reads the marker, and writes it where it is missing or names another server. Always writes something, since a server
 * that takes no writes makes no reservations.
 *
 * A gateway whose clock is ahead may have accepted later timestamps than the gateway that noticed the loss first
 * allowed for: it raises the time of the loss to its own last reservation. A loss further in the future than clocks
 * differ was written by a wrong clock, and becomes one of now.
 *
 * KEYS: marker, probe, stretches ahead. ARGV: identity of the server, a new word, now, the text that this gateway knew
 * (or empty), the time of its last reservation (or 0), the largest skew, 1 if a clock was set so that reservations may
 * have ended early (or 0), the stretches that this gateway knows, how long to keep those. Returns the text, what
 * changed, the stretches, the time of Redis, and the time that a gateway wrote last, all as text.
 */
export const adoptScript = `
local time = redis.call('TIME')
local before = redis.call('GET', KEYS[2]) or ''
redis.call('SET', KEYS[2], ARGV[3], 'PX', 86400000)
local ahead = redis.call('GET', KEYS[3]) or ''
local more = ahead
if #more > 2000 then more = '' end
for span in string.gmatch(ARGV[8], '%S+') do
  if not string.find(' ' .. more .. ' ', ' ' .. span .. ' ', 1, true) then more = more .. ' ' .. span end
end
if more ~= ahead then redis.call('SET', KEYS[3], more, 'PX', ARGV[9]) end
local text = redis.call('GET', KEYS[1])
local now, last, skew = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[6])
local lost, server
if text then lost, server = string.match(text, '^%S+ (%d+) (.+)$') end
lost = tonumber(lost)
local change
if not lost then
  change, lost = 'missing', now
elseif server ~= ARGV[1] then
  change, lost = 'server', (lost > now and lost <= now + skew) and lost or now
elseif lost > now + skew then
  change, lost = 'clock', now
elseif ARGV[7] == '1' then
  change, lost = 'set_back', math.max(lost, now)
elseif ARGV[4] ~= '' and ARGV[4] ~= text and last > lost and last <= lost + skew then
  change, lost = 'raised', last
else
  change = 'kept'
end
if change ~= 'kept' then
  text = ARGV[2] .. ' ' .. string.format('%.0f', lost) .. ' ' .. ARGV[1]
  redis.call('SET', KEYS[1], text)
end
return { text, change, more, string.format('%.0f', time[1] * 1000 + time[2] / 1000), before }
`

/** Reads the text that `adoptScript` returns: a word, the time of the loss and the server. */
export const parse = (text: string): Marker => ({ text, lostAtMs: Number(text.split(" ")[1]) })
