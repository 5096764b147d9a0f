/**
 * Lookups of sessions at the backend: one at a time for each session, for all who want its answer, and so many at once.
 *
 * They are plain functions, as each client's first call after a restart needs one.
 */
import type { Option } from "effect"
import type { SessionIdentity } from "./BackendClient.ts"
import { BackendUnavailable } from "./Refusal.ts"
import * as Turns from "./Turns.ts"

/** None for an unknown session. */
export type Found = Option.Option<SessionIdentity>

/** What lookups need, and their bounds. */
export interface SessionLookupsOptions {
  /** Asks the backend. */
  readonly ask: (deviceSessionId: string) => Promise<Found | BackendUnavailable>
  /** What is known already. */
  readonly cached: (deviceSessionId: string) => Found | undefined
  /** Takes an answer that no invalidation has overtaken, and when it was asked for. */
  readonly keep: (deviceSessionId: string, found: Found, at: number) => void
  /** Unix milliseconds. */
  readonly now: () => number
  /** At the same time; one more fails. */
  readonly most: number
  /** The same for one network; further ones wait for their turn. */
  readonly mostPerNetwork: number
}

/** One lookup. */
interface Lookup {
  readonly answer: Promise<Found | BackendUnavailable>
  /** An invalidation came meanwhile, so the answer may be outdated. */
  isStale: boolean
}

/**
 * How often a lookup is started because an invalidation overtook the one before; after that the caller gets an error.
 */
const maxAttempts = 5

const nothing = () => undefined

/** What is waited for, unless the signal is aborted before. */
const unlessAborted = <A>(awaited: Promise<A>, signal: AbortSignal | undefined): Promise<A> => {
  if (signal === undefined) return awaited
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason as Error)
    signal.addEventListener("abort", leave, { once: true })
    awaited.then(
      (value) => {
        signal.removeEventListener("abort", leave)
        resolve(value)
      },
      (cause: Error) => {
        signal.removeEventListener("abort", leave)
        reject(cause)
      }
    )
  })
}

/** The lookups of one cache. */
export class SessionLookups {
  readonly #options: SessionLookupsOptions
  readonly #turns: Turns.Turns
  /** Those that no invalidation has overtaken. */
  readonly #running = new Map<string, Lookup>()

  constructor(options: SessionLookupsOptions) {
    this.#options = options
    this.#turns = Turns.make(options.mostPerNetwork)
  }

  /** Looks up what isn't cached, or waits for whoever does. Rejects with the signal's reason. */
  async find(id: string, network: string | undefined, signal?: AbortSignal): Promise<Found | BackendUnavailable> {
    for (let asked = 0; asked < maxAttempts; asked++) {
      const known = this.#options.cached(id)
      if (known !== undefined) return known
      const lookup = this.#running.get(id) ?? (await this.#begin(id, network, signal))
      if (lookup instanceof BackendUnavailable) return lookup
      const found = await unlessAborted(lookup.answer, signal)
      if (!lookup.isStale) return found
    }
    return new BackendUnavailable()
  }

  /** A new lookup as soon as it is the network's turn, or what has come of another one meanwhile. */
  async #begin(id: string, network: string | undefined, signal?: AbortSignal): Promise<Lookup | BackendUnavailable> {
    const release = network === undefined ? nothing : () => this.#turns.release(network)
    const turn = network === undefined ? undefined : this.#turns.acquire(network, signal)
    if (turn !== undefined) await turn
    // From here on in one step, so that there is never a second one, nor one that nobody runs.
    const known = this.#options.cached(id)
    const already = known === undefined ? this.#running.get(id) : { answer: Promise.resolve(known), isStale: false }
    if (already === undefined && this.#running.size < this.#options.most) return this.#run(id, release)
    release()
    return already ?? new BackendUnavailable()
  }

  /** Outlives its caller: others may be waiting for the same answer. */
  #run(id: string, release: () => void): Lookup {
    const { ask, keep, now } = this.#options
    const at = now()
    const over = (found: Found | BackendUnavailable) => {
      if (!lookup.isStale) {
        this.#running.delete(id)
        if (!(found instanceof BackendUnavailable)) keep(id, found, at)
      }
      release()
      return found
    }
    const answer = ask(id).then(over, (cause: unknown) => {
      over(new BackendUnavailable())
      throw cause
    })
    // Whoever waits for it learns of a defect; there may be nobody.
    answer.catch(nothing)
    const lookup: Lookup = { answer, isStale: false }
    this.#running.set(id, lookup)
    return lookup
  }

  /** The answer of a running lookup may be outdated: it is neither kept nor given to anybody. */
  overtake(id: string): void {
    const lookup = this.#running.get(id)
    if (lookup === undefined) return
    lookup.isStale = true
    this.#running.delete(id)
  }

  /** The same for all that are running. */
  overtakeAll(): void {
    for (const id of this.#running.keys()) this.overtake(id)
  }
}
