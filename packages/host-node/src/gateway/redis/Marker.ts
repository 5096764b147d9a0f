/**
 * The key that reveals a loss of reservations, and the scripts that go with it.
 *
 * The marker is stored beside the reservations and disappears with them. It names the server that it was written on,
 * the time of the last loss, and a word that is new with each write. A reservation is made only under the very marker
 * that the gateway knows, in one script, so that all gateways on one Redis agree about the loss.
 */

/** A marker as it was read from Redis. */
export interface Marker {
  /** The stored text. */
  readonly text: string
  /** Unix milliseconds. */
  readonly lostAtMs: number
}

/** Why the marker was written; `kept` when it wasn't. */
export type MarkerChange = "kept" | "missing" | "server" | "clock" | "raised"

/**
 * Reserves if the marker is still the given one.
 *
 * KEYS: marker, reservation. ARGV: the marker's text, milliseconds to keep.
 * Returns 1 for the first, 0 for a repetition, 2 when the marker is a different one.
 */
export const reserveScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 2 end
if redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then return 1 end
return 0
`

/**
 * Reads the marker, and writes it where it is missing or names another server. Always writes something, since a server
 * that takes no writes makes no reservations.
 *
 * A gateway whose clock is ahead may have accepted later timestamps than the gateway that noticed the loss first
 * allowed for: it raises the time of the loss to its own last reservation. A loss further in the future than clocks
 * differ was written by a wrong clock, and becomes one of now.
 *
 * KEYS: marker, probe. ARGV: identity of the server, a new word, now, the text that this gateway knew (or empty), the
 * time of its last reservation (or 0), the largest skew. Returns the text and what changed.
 */
export const adoptScript = `
redis.call('SET', KEYS[2], ARGV[3], 'PX', 60000)
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
elseif ARGV[4] ~= '' and ARGV[4] ~= text and last > lost and last <= lost + skew then
  change, lost = 'raised', last
else
  return { text, 'kept' }
end
text = ARGV[2] .. ' ' .. string.format('%.0f', lost) .. ' ' .. ARGV[1]
redis.call('SET', KEYS[1], text)
return { text, change }
`

/** Reads the text that `adoptScript` returns: a word, the time of the loss and the server. */
export const parse = (text: string): Marker => ({ text, lostAtMs: Number(text.split(" ")[1]) })
