/**
 * Host names to addresses, with a deadline.
 *
 * The system's resolver can't be cancelled, and occupies a thread of a small pool that files and hashes need too. So
 * there is one query per name at a time, however many wait for it: a resolver that hangs costs one thread per name, not
 * one per attempt.
 */
import { type LookupAddress, lookup as systemLookup } from "node:dns"
import type { LookupFunction } from "node:net"

type LookupCallback = (error: NodeJS.ErrnoException | null, addresses: ReadonlyArray<LookupAddress>) => void

/** Asks for all addresses of a name; tests replace the system's resolver by it. */
export type SystemLookup = (hostname: string, answer: LookupCallback) => void

const system: SystemLookup = (hostname, answer) => {
  systemLookup(hostname, { all: true }, answer)
}

/** Makes a `lookup` for sockets that fails after so many milliseconds. */
export type LookupWithin = (timeoutMs: number) => LookupFunction

/** Makes `lookup` functions for sockets. They fail with `ETIMEDOUT` after their timeout, and share running queries. */
export const sharedLookup = (ask: SystemLookup): LookupWithin => {
  const waiting = new Map<string, Set<LookupCallback>>()

  const asked = (hostname: string, answer: LookupCallback): (() => void) => {
    const others = waiting.get(hostname)
    const own = others ?? new Set<LookupCallback>()
    own.add(answer)
    if (others === undefined) {
      waiting.set(hostname, own)
      ask(hostname, (error, addresses) => {
        waiting.delete(hostname)
        for (const each of own) each(error, addresses)
      })
    }
    return () => {
      own.delete(answer)
    }
  }

  const failure = (code: string, message: string): NodeJS.ErrnoException => Object.assign(new Error(message), { code })

  return (timeoutMs) => (hostname, options, callback) => {
    const timer = setTimeout(() => {
      forget()
      callback(failure("ETIMEDOUT", `the address of ${hostname} wasn't found within ${timeoutMs} ms`), "", 0)
    }, timeoutMs)
    const forget = asked(hostname, (error, found) => {
      clearTimeout(timer)
      if (error !== null) {
        callback(error, "", 0)
        return
      }
      const family = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : options.family
      const fitting = found.filter((it) => (family === 4 || family === 6 ? it.family === family : true))
      const [first] = fitting
      if (first === undefined) callback(failure("ENOTFOUND", `${hostname} has no address of the wanted kind`), "", 0)
      else if (options.all === true) callback(null, fitting)
      else callback(null, first.address, first.family)
    })
  }
}

/** Makes a `lookup` for sockets that asks the system's resolver. */
export const lookupWithin = sharedLookup(system)

/** A `lookup` for sockets that knows the address already. */
export const always =
  ({ address, family }: LookupAddress): LookupFunction =>
  (_hostname, options, callback) => {
    // Never before it returns: a socket isn't ready for an answer by then.
    process.nextTick(() =>
      options.all === true ? callback(null, [{ address, family }]) : callback(null, address, family)
    )
  }
