/**
 * Which connections of an address are read before they have verified a request.
 *
 * Only a few of one address are read at a time, each until its request is complete. The others wait in the order in
 * which they came, and what they send stays in the system's buffers. While others wait, a connection that keeps its
 * place without a complete request is closed, and so is one that waits too long. A connection that has verified a
 * request needs no place any more, so honest clients of one address don't count, however many they are. An address that
 * resets many requests gets no new place for a while.
 */

/** The bounds of one address. */
export interface PlacesOptions {
  /** Connections of one address that are read at the same time. */
  readonly perAddress: number
  /** Further ones that may wait; what they have sent takes memory of the system. */
  readonly waitingPerAddress: number
  /**
   * Requests that the unverified connections of one address may reset at once; a tenth of it is restored each second.
   */
  readonly resets: number
}

/** What can be done to a connection. */
export interface Entrant {
  /** Its turn has come. Called once. */
  begin(): void
  /** Ends it. */
  cut(): void
}

/** One connection, as its requests come and go. */
export interface Place {
  /**
   * The head of a request has arrived. False when so many others of the address are incomplete that it must be refused.
   */
  asked(): boolean
  /** A request that was announced by `asked` is complete, or over. */
  whole(): void
  /** The client has reset a request. False when the connection must end for it. */
  tookBack(): boolean
  verified(): void
  /** The connection is closed. */
  left(): void
}

/** How often it is checked which connections block others, and which wait. */
const lookMs = 500
/** Checks after which a connection loses its place to others: about two seconds. */
const looks = 4
/** The same for one that waits: about thirty seconds. */
const waitingLooks = 60
/**
 * Connections that resume after being idle get a place even when all are taken, up to this multiple of the usual
 * number.
 */
const overflow = 8

type State = "waiting" | "reading" | "idle" | "free"

/** What a connection does to the line of its holder. */
interface Queue {
  readonly asked: (held: Held) => boolean
  readonly giveBack: (held: Held, state: "idle" | "free") => void
  readonly spendReset: (holder: string) => boolean
}

/** A connection in the line of its holder. There is one for each, so its methods are those of the class. */
class Held implements Place {
  readonly holder: string
  readonly entrant: Entrant
  readonly #queue: Queue
  state: State = "waiting"
  /** Incomplete requests; at the beginning one, of which not even the head has arrived. */
  owed = 1
  hasAsked = false
  looked = 0

  constructor(holder: string, entrant: Entrant, queue: Queue) {
    this.holder = holder
    this.entrant = entrant
    this.#queue = queue
  }

  asked(): boolean {
    return this.#queue.asked(this)
  }

  whole(): void {
    if (this.owed > 0) this.owed -= 1
    if (this.owed === 0 && this.state === "reading") this.#queue.giveBack(this, "idle")
  }

  tookBack(): boolean {
    return this.state === "free" || this.#queue.spendReset(this.holder)
  }

  verified(): void {
    this.#queue.giveBack(this, "free")
  }

  left(): void {
    this.#queue.giveBack(this, "free")
  }
}

class Line {
  readonly holder: string
  readonly reading = new Set<Held>()
  readonly waiting = new Set<Held>()
  resetsLeft: number
  constructor(holder: string, resets: number) {
    this.holder = holder
    this.resetsLeft = resets
  }
}

/** The place of a connection that counts for no holder. */
const noPlace: Place = {
  asked: () => true,
  whole: () => undefined,
  tookBack: () => true,
  verified: () => undefined,
  left: () => undefined
}

/** The connections of one listener, by address. An address that has nothing is forgotten. */
export class Places {
  readonly #options: PlacesOptions
  readonly #lines = new Map<string, Line>()
  /** Lines in which somebody may be able to begin. */
  readonly #ready = new Set<Line>()
  readonly #queue: Queue = {
    asked: (held) => this.#asked(held),
    giveBack: (held, state) => this.#giveBack(held, state),
    spendReset: (holder) => this.#spendReset(holder)
  }
  #calling: NodeJS.Immediate | undefined
  #looking: NodeJS.Timeout | undefined

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  /** The number of addresses with anything to remember. */
  get size(): number {
    return this.#lines.size
  }

  /** Whether connections of the address wait for their turn. */
  isCrowded(holder: string | undefined): boolean {
    return holder !== undefined && (this.#lines.get(holder)?.waiting.size ?? 0) > 0
  }

  /**
   * Enters a new connection, which begins at once where there is a place. Undefined when there isn't even room to wait.
   */
  enter(holder: string | undefined, entrant: Entrant): Place | undefined {
    if (holder === undefined) {
      entrant.begin()
      return noPlace
    }
    const held = new Held(holder, entrant, this.#queue)
    const line = this.#lineOf(holder)
    if (line.waiting.size === 0 && this.#hasRoom(line)) this.#begin(line, held)
    else if (line.waiting.size >= this.#options.waitingPerAddress) return undefined
    else {
      line.waiting.add(held)
      this.#look()
      this.#call(line)
    }
    return held
  }

  /** The result must not be kept: an address that has nothing is forgotten. */
  #lineOf(holder: string): Line {
    const known = this.#lines.get(holder)
    if (known !== undefined) return known
    const line = new Line(holder, this.#options.resets)
    this.#lines.set(holder, line)
    return line
  }

  /** A request of a client behind a proxy was reset: counts for the client, whose connections are the proxy's. */
  tookBack(holder: string | undefined): void {
    if (holder !== undefined) this.#spendReset(holder)
  }

  /** False while the client has reset so many requests that it gets no further ones. */
  mayTakeBack(holder: string | undefined): boolean {
    return holder === undefined || (this.#lines.get(holder)?.resetsLeft ?? 1) > 0
  }

  #spendReset(holder: string): boolean {
    const line = this.#lineOf(holder)
    line.resetsLeft = Math.max(-this.#options.resets, line.resetsLeft - 1)
    this.#look()
    return line.resetsLeft > 0
  }

  /** Ends all waiting connections. */
  close(): void {
    for (const line of this.#lines.values()) {
      for (const { entrant } of line.waiting) entrant.cut()
    }
    clearImmediate(this.#calling)
    clearInterval(this.#looking)
  }

  #hasRoom(line: Line): boolean {
    return line.reading.size < this.#options.perAddress && line.resetsLeft > 0
  }

  #begin(line: Line, held: Held): void {
    line.waiting.delete(held)
    line.reading.add(held)
    held.state = "reading"
    held.looked = 0
    held.entrant.begin()
  }

  #asked(held: Held): boolean {
    if (held.state === "free") return true
    if (!held.hasAsked) {
      held.hasAsked = true
      return true
    }
    held.owed += 1
    if (held.state !== "idle") return true
    const line = this.#lineOf(held.holder)
    if (line.reading.size >= this.#options.perAddress * overflow) return false
    line.reading.add(held)
    held.state = "reading"
    held.looked = 0
    return true
  }

  #giveBack(held: Held, state: "idle" | "free"): void {
    if (held.state === "free") return
    held.state = state
    const line = this.#lines.get(held.holder)
    if (line === undefined) return
    line.reading.delete(held)
    line.waiting.delete(held)
    if (line.waiting.size > 0) this.#call(line)
    else this.#forget(line)
  }

  #forget(line: Line): void {
    if (line.reading.size > 0 || line.waiting.size > 0 || line.resetsLeft < this.#options.resets) return
    this.#lines.delete(line.holder)
    this.#ready.delete(line)
  }

  /** Waiting connections begin one per turn of the event loop, so that others get in between. */
  #call(line: Line): void {
    this.#ready.add(line)
    this.#calling ??= setImmediate(() => {
      this.#calling = undefined
      const [next] = this.#ready
      if (next === undefined) return
      this.#ready.delete(next)
      const first = this.#hasRoom(next) ? next.waiting.values().next().value : undefined
      if (first !== undefined) {
        this.#begin(next, first)
        if (next.waiting.size > 0) this.#ready.add(next)
      }
      const [more] = this.#ready
      if (more !== undefined) this.#call(more)
    })
  }

  #look(): void {
    this.#looking ??= setInterval(() => {
      for (const line of this.#lines.values()) this.#lookAt(line)
      if ([...this.#lines.values()].some((line) => line.waiting.size > 0 || line.resetsLeft < this.#options.resets))
        return
      clearInterval(this.#looking)
      this.#looking = undefined
    }, lookMs).unref()
  }

  #lookAt(line: Line): void {
    const { resets } = this.#options
    line.resetsLeft = Math.min(resets, line.resetsLeft + (resets / 10) * (lookMs / 1_000))
    for (const held of line.waiting) {
      held.looked += 1
      if (held.looked > waitingLooks) this.#cut(held)
    }
    if (line.waiting.size > 0) {
      for (const held of line.reading) {
        held.looked += 1
        if (held.looked > looks) this.#cut(held)
      }
      this.#call(line)
    }
    this.#forget(line)
  }

  #cut(held: Held): void {
    this.#giveBack(held, "free")
    held.entrant.cut()
  }
}
