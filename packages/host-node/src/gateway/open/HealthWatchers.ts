/**
 * Who watches the gateway's health. While there is anybody, its state is asked for in one loop, and each hears of changes.
 *
 * Nobody signs a health check, so there are bounds: for each network, and overall. Where all together are too many, the
 * network with the most gives one up, so that nobody is turned away for what others hold.
 */
import { type Occupant, Room } from "../bounds/Room.ts"

/** The bounds, and where the state comes from. */
export interface HealthWatchersOptions {
  /** Whether the gateway is ready. */
  readonly isReady: () => Promise<boolean>
  /** How long to wait between two questions, in milliseconds. */
  readonly everyMs: number
  readonly perHolder: number
  readonly overall: number
}

/** A watcher's place. */
export interface WatcherPlace {
  /** Aborted when it has to make room for another. */
  readonly displaced: AbortSignal
  /** Must be called at its end, once. */
  readonly left: () => void
}

/** A watcher that takes room. */
class Watcher implements Occupant {
  readonly #displaced = new AbortController()

  get displaced(): AbortSignal {
    return this.#displaced.signal
  }

  worth(): number {
    return 0
  }

  cut(): void {
    this.#displaced.abort()
  }
}

/** The watchers of one gateway. */
export class HealthWatchers {
  readonly #options: HealthWatchersOptions
  readonly #waiting = new Set<() => void>()
  readonly #room: Room
  #count = 0
  #latest: boolean | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: HealthWatchersOptions) {
    this.#options = options
    this.#room = new Room({ perHolder: options.perHolder, overall: options.overall })
  }

  /** How many there are. */
  get size(): number {
    return this.#count
  }

  /** Takes in a watcher of a network; undefined where there is no room. Without a network it is exempt, and takes none. */
  enter(holder: string | undefined): WatcherPlace | undefined {
    const watcher = new Watcher()
    if (this.#closed || (holder !== undefined && !this.#room.enter(holder, watcher))) return undefined
    this.#count += 1
    return {
      displaced: watcher.displaced,
      left: () => {
        if (holder !== undefined) this.#room.leave(holder, watcher)
        this.#count -= 1
        if (this.#count > 0) return
        clearTimeout(this.#timer)
        this.#timer = undefined
        this.#latest = undefined
      }
    }
  }

  /** The state now, and each other one that it changes to, until the signal or `close`. */
  async *states(signal: AbortSignal): AsyncGenerator<boolean> {
    let told: boolean | undefined
    while (!signal.aborted && !this.#closed) {
      if (this.#latest === undefined) await this.#ask()
      const now = this.#latest ?? false
      if (now !== told) yield now
      told = now
      // It may have changed while the other side took that.
      if (this.#latest === told) await this.#change(signal)
    }
    if (this.#closed && told !== false) yield false
  }

  /** Asks at once: something has happened. */
  async look(): Promise<void> {
    if (this.#count > 0) await this.#ask()
  }

  /** Ends all, each with a last word that the gateway isn't ready. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#wake()
  }

  async #ask(): Promise<void> {
    const before = this.#latest
    this.#latest = await this.#options.isReady()
    if (before !== undefined && before !== this.#latest) this.#wake()
    if (this.#closed || this.#count === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#ask()
    }, this.#options.everyMs).unref()
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal.removeEventListener("abort", wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener("abort", wake, { once: true })
    })
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }
}
