/**
 * Bounds on guessing administrators' passwords.
 *
 * Wrong passwords are counted for the address that they come from, and for each name at that address. An address that
 * has used up its guesses is refused for a while, without a slow hash. Guesses at one name from many addresses only
 * lower what each address has for that name: the first attempt of an address is always looked at, so nobody can lock an
 * administrator out of an address that isn't the guesser's own. Memory is bounded, and nothing is kept over a restart.
 */
import * as Address from "@galaxy/contract/net/Address"
import { Clock, Effect, Schema, Semaphore } from "effect"

/** Too many wrong passwords came from this address. A right one isn't looked at either. */
export class TooManyGuesses extends Schema.TaggedError<TooManyGuesses>()("TooManyGuesses", {
  /** Milliseconds until the address may try again. */
  retryAfterMs: Schema.Number
}) {}

/** Wrong passwords from one address until it is refused. */
export const guessesPerAddress = 20
/** Wrong passwords for one name from one address until that name is refused there. */
export const guessesPerName = 5
/** Wrong passwords for one name from everywhere, after which each address has a single guess at it. */
export const guessesEverywhere = 100
/** How long wrong passwords count, from the first one of an address or a name, in milliseconds. */
export const windowMs = 900_000

const maxAddresses = 4_096
const maxNames = 1_024

interface Count {
  readonly since: number
  failures: number
}

interface Source extends Count {
  readonly names: Map<string, number>
  /** One slow comparison at a time for each address, so that guesses sent together are counted one by one. */
  readonly turn: Semaphore.Semaphore
}

/** Drops entries whose window is over; they lie in the order of their begin. Then the oldest, down to `max`. */
const prune = (entries: Map<string, Count>, now: number, max: number): void => {
  for (const [key, { since }] of entries) {
    if (now < since + windowMs && entries.size < max) return
    entries.delete(key)
  }
}

/** Makes the counters of one backend. */
export const make = Effect.sync(() => {
  const sources = new Map<string, Source>()
  const names = new Map<string, Count>()
  // A wall clock that is set back must not keep anybody out.
  const millis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))

  const sourceOf = (address: string | undefined, now: number): Source => {
    const key = Address.network(address?.trim() ?? "") ?? "unknown"
    const known = sources.get(key)
    if (known !== undefined && now < known.since + windowMs) return known
    sources.delete(key)
    prune(sources, now, maxAddresses)
    const made = { since: now, failures: 0, names: new Map<string, number>(), turn: Semaphore.makeUnsafe(1) }
    sources.set(key, made)
    return made
  }

  const isAttacked = (name: string, now: number): boolean => {
    const count = names.get(name)
    return count !== undefined && now < count.since + windowMs && count.failures >= guessesEverywhere
  }

  const admit = (source: Source, name: string, now: number): Effect.Effect<void, TooManyGuesses> => {
    const allowed = isAttacked(name, now) ? 1 : guessesPerName
    return source.failures >= guessesPerAddress || (source.names.get(name) ?? 0) >= allowed
      ? Effect.fail(new TooManyGuesses({ retryAfterMs: source.since + windowMs - now }))
      : Effect.void
  }

  const fail = (source: Source, name: string, now: number): void => {
    source.failures++
    source.names.set(name, (source.names.get(name) ?? 0) + 1)
    const known = names.get(name)
    if (known !== undefined && now < known.since + windowMs) {
      known.failures++
      return
    }
    names.delete(name)
    prune(names, now, maxNames)
    names.set(name, { since: now, failures: 1 })
  }

  return {
    /** How many addresses and names are counted at present. */
    size: () => sources.size + names.size,

    /** Fails if this address may not try this name at present. */
    check: (address: string | undefined, name: string): Effect.Effect<void, TooManyGuesses> =>
      Effect.flatMap(millis, (now) => admit(sourceOf(address, now), name, now)),

    /**
     * Runs a comparison, one at a time for each address, and counts it as a guess unless it returns true. One that is
     * cut off counts, too.
     */
    counted: <E, R>(
      address: string | undefined,
      name: string,
      comparison: Effect.Effect<boolean, E, R>
    ): Effect.Effect<boolean, E | TooManyGuesses, R> =>
      Effect.flatMap(millis, (begun) => {
        const source = sourceOf(address, begun)
        return source.turn.withPermit(
          Effect.gen(function* () {
            const now = yield* millis
            yield* admit(source, name, now)
            let right = false
            return yield* comparison.pipe(
              Effect.tap((it) => Effect.sync(() => (right = it))),
              Effect.ensuring(
                Effect.sync(() => {
                  if (right) source.names.delete(name)
                  else fail(source, name, now)
                })
              )
            )
          })
        )
      })
  }
})
