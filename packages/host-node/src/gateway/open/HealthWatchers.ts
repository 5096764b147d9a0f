/**
 * Who watches the gateway's health. While there is anybody, its state is asked for in one loop, and each hears of changes.
 *
 * Nobody signs a health check, so there are bounds: for each network, and overall.
 */

/** The bounds, and where the state comes from. */
export interface HealthWatchersOptions {
  /** Whether the gateway is ready. */
  readonly isReady: () => Promise<boolean>
  /** How long to wait between two questions, in milliseconds. */
  readonly everyMs: number
  readonly perHolder: number
  readonly overall: number
}

/** The watchers of one gateway. */
export class HealthWatchers {
  readonly #options: HealthWatchersOptions
  readonly #waiting = new Set<() => void>()
  readonly #held = new Map<string, number>()
  #count = 0
  #latest: boolean | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: HealthWatchersOptions) {
    this.#options = options
  }

  /** How many there are. */
  get size(): number {
    return this.#count
  }

  /** Takes in a watcher; undefined where there is no room. `left` must be called at its end, once. */
  enter(holder: string): { readonly left: () => void } | undefined {
    const held = this.#held.get(holder) ?? 0
    if (this.#closed || held >= this.#options.perHolder || this.#count >= this.#options.overall) return undefined
    this.#held.set(holder, held + 1)
    this.#count += 1
    return {
      left: () => {
        const left = (this.#held.get(holder) ?? 1) - 1
        if (left > 0) this.#held.set(holder, left)
        else this.#held.delete(holder)
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
