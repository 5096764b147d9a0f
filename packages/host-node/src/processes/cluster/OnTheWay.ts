/**
 * Connections that wait for a process, or are on their way to it.
 *
 * Node sends a process the next connection only when it has taken the one before, and whatever is said to it queues
 * behind those that were sent. So only a few are sent at a time and the others wait here: what is said reaches even a
 * busy process soon.
 */

/** A connection to be handed over. */
export interface Parcel {
  /** The network that it counts for; undefined for proxies and exempt clients. */
  readonly network: string | undefined
  /** Sends it. `taken` is to be called when the process has it, or when it is lost. */
  readonly send: (taken: () => void) => void
  /** It isn't needed here any more: the process has it, or nobody will. */
  readonly drop: () => void
}

/** How many there may be, and for how long. */
export interface OnTheWayOptions {
  /** Connections that are sent before the process has taken them. */
  readonly sent: number
  /** Connections that wait to be sent. Further ones are closed, as a full queue of the system's would do. */
  readonly waiting: number
  /** The same, of one network. */
  readonly waitingPerNetwork: number
  /** Milliseconds after which a client that waits has given up, and isn't worth sending. */
  readonly patienceMs: number
}

const defaults: OnTheWayOptions = { sent: 4, waiting: 4_096, waitingPerNetwork: 512, patienceMs: 10_000 }

interface Waiting {
  readonly parcel: Parcel
  readonly sinceMs: number
}

/** The connections of one process, in the order in which they came. */
export class OnTheWay {
  readonly #options: OnTheWayOptions
  readonly #now: () => number
  readonly #sent = new Set<Parcel>()
  readonly #waiting = new Set<Waiting>()
  readonly #byNetwork = new Map<string, number>()
  #isClosed = false
  #isSending = false

  /** `now` is of a monotonic clock, in milliseconds. */
  constructor(options: Partial<OnTheWayOptions> = {}, now: () => number = () => performance.now()) {
    this.#options = { ...defaults, ...options }
    this.#now = now
  }

  /** How many there are: sent, and waiting. */
  get size(): { readonly sent: number; readonly waiting: number } {
    return { sent: this.#sent.size, waiting: this.#waiting.size }
  }

  /** Sends it, now or in its turn; drops it where there are too many. */
  add(parcel: Parcel): void {
    const { network } = parcel
    if (this.#isClosed) parcel.drop()
    else if (this.#sent.size < this.#options.sent) this.#send(parcel)
    else if (this.#waiting.size >= this.#options.waiting || this.#of(network) >= this.#options.waitingPerNetwork)
      parcel.drop()
    else {
      this.#waiting.add({ parcel, sinceMs: this.#now() })
      this.#count(network, 1)
    }
  }

  /** Drops all, and whatever comes later: the process is gone. */
  close(): void {
    this.#isClosed = true
    for (const it of this.#sent) it.drop()
    for (const { parcel } of this.#waiting) parcel.drop()
    this.#sent.clear()
    this.#waiting.clear()
    this.#byNetwork.clear()
  }

  #of(network: string | undefined): number {
    return network === undefined ? 0 : (this.#byNetwork.get(network) ?? 0)
  }

  #count(network: string | undefined, by: number): void {
    if (network === undefined) return
    const count = this.#of(network) + by
    if (count > 0) this.#byNetwork.set(network, count)
    else this.#byNetwork.delete(network)
  }

  #send(parcel: Parcel): void {
    this.#sent.add(parcel)
    parcel.send(() => {
      if (!this.#sent.delete(parcel)) return
      parcel.drop()
      this.#next()
    })
  }

  #next(): void {
    // One that is lost at once comes back here while the loop runs, which goes on by itself.
    if (this.#isSending) return
    this.#isSending = true
    for (const next of this.#waiting) {
      if (this.#sent.size >= this.#options.sent) break
      this.#waiting.delete(next)
      this.#count(next.parcel.network, -1)
      if (this.#now() - next.sinceMs > this.#options.patienceMs) next.parcel.drop()
      else this.#send(next.parcel)
    }
    this.#isSending = false
  }
}
