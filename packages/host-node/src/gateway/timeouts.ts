/**
 * Deadlines given by clients. One that no timer can hold is dropped: the call ends by itself long before.
 *
 * Node's timers hold about 24 days and fire at once for anything longer, so the longest timeouts would become the
 * shortest.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http"

const longestTimer = 2 ** 31 - 1

/** Milliseconds of each unit that gRPC knows. */
const units = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 } as const

const millisOf = {
  /** Milliseconds, as Connect has them; the protocol allows ten digits. */
  "connect-timeout-ms": (text: string): number => (/^\d{1,10}$/.test(text) ? Number(text) : 0),
  "grpc-timeout": (text: string): number => {
    const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? []
    return digits === undefined ? 0 : Number(digits) * units[unit as keyof typeof units]
  }
} as const

/**
 * Removes deadlines that are further away than a timer reaches; malformed ones are left to the protocol, which refuses
 * them.
 */
export const dropUnreachable = ({ headers }: IncomingMessage): void => {
  for (const [name, millis] of Object.entries(millisOf)) {
    const given = headers[name]
    if (typeof given === "string" && millis(given) > longestTimer) delete headers[name]
  }
}

/**
 * Milliseconds that the client gives the call; undefined where it doesn't say, or more than a timer reaches. `malformed` is for the
 * protocol to refuse.
 */
export const timeoutOf = (headers: IncomingHttpHeaders): number | "malformed" | undefined => {
  for (const [name, millis] of Object.entries(millisOf)) {
    const given = headers[name]
    if (given === undefined) continue
    const found = typeof given === "string" ? millis(given) : 0
    if (found <= 0) return "malformed"
    return found > longestTimer ? undefined : found
  }
  return undefined
}
