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

/** The header in which each protocol has its deadline. */
export type TimeoutHeader = keyof typeof millisOf

/**
 * Milliseconds that the client gives the call; undefined where it doesn't say, or gives more than a timer reaches.
 * `malformed` is for the protocol to refuse.
 */
export const timeoutOf = (headers: IncomingHttpHeaders, name: TimeoutHeader): number | "malformed" | undefined => {
  const given = headers[name]
  if (given === undefined) return undefined
  const found = typeof given === "string" ? millisOf[name](given) : 0
  if (found <= 0) return "malformed"
  return found > longestTimer ? undefined : found
}

/** The header's text for so many milliseconds, rounded up and at least one. gRPC has eight digits, and goes on in seconds. */
export const timeoutText = (name: TimeoutHeader, millis: number): string => {
  const whole = Math.max(1, Math.ceil(millis))
  if (name === "connect-timeout-ms") return String(whole)
  return whole < 1e8 ? `${whole}m` : `${Math.ceil(whole / 1_000)}S`
}
