/** New identifiers: UUID version 7, ordered by the clock that tests move, unguessable in the rest. */
import { Clock, Effect } from "effect"

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0")

export const newId: Effect.Effect<string> = Effect.map(Clock.currentTimeMillis, (now) => {
  const random = crypto.getRandomValues(new Uint8Array(10))
  const at = (index: number) => random[index] ?? 0
  const time = hex(Math.max(0, Math.floor(now)), 12)
  const tail = Array.from(random.subarray(4), (byte) => hex(byte, 2)).join("")
  return [
    time.slice(0, 8),
    time.slice(8, 12),
    `7${hex(((at(0) << 8) | at(1)) & 0xfff, 3)}`,
    hex((((at(2) << 8) | at(3)) & 0x3fff) | 0x8000, 4),
    tail
  ].join("-")
})
