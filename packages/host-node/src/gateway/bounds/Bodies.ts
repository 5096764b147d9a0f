/**
 * The bytes of request bodies that the gateway holds: counted as they arrive, until the request is answered.
 *
 * Of one address only a few bodies are read on at a time; further ones wait where they are, so that many large bodies of
 * one cost the others neither memory nor time. While others wait, a body that doesn't become whole soon is cut off: honest
 * ones are whole within moments, withheld ones never. A body that goes on beyond its limit is cut off as well.
 */
import { Quota } from "./Quota.ts"

export interface BodyLimits {
  /** Most that a reader of a body keeps of it. */
  readonly kept: number
  /** Most that is read of one; what is beyond `kept` is thrown away. */
  readonly read: number
  /** The same of a body over HTTP/1.1 that doesn't say how long it is: it may have no end. */
  readonly endless: number
  /** What may still come once the request has been answered. */
  readonly answered: number
}

/** What can be done to a request while its body comes in. */
export interface Source {
  /** Ends it. */
  readonly cut: () => void
  /** Goes on with a body that had to wait. */
  readonly goOn: () => void
}

export interface Body {
  readonly arrived: (bytes: number) => void
  /** Whether nothing more of it is to be read for now. */
  readonly waits: () => boolean
  /** It is whole. */
  readonly ended: () => void
  /** Its message has been decoded and takes this much from now on. */
  readonly decoded: (bytes: number) => void
  /** The request has been answered, and whatever still comes is thrown away. */
  readonly answered: () => void
  /** The request is over. */
  readonly closed: () => void
}

/** Bodies of one address that are read side by side; one that comes whole with its head needs no turn. */
const turns = 8
/** How often, and how many times, it is looked whether a body is whole while others wait: about two seconds. */
const lookMs = 500
const looks = 4

class Held {
  readonly holder: string
  readonly source: Source
  bytes = 0
  looked = 0
  constructor(holder: string, source: Source) {
    this.holder = holder
    this.source = source
  }
}

/** The bodies of one address that aren't whole, each in the order in which they came. */
interface Line {
  readonly reading: Set<Held>
  readonly waiting: Set<Held>
}

export class Bodies {
  readonly #limits: BodyLimits
  readonly #quota: Quota
  readonly #lines = new Map<string, Line>()
  #looking: NodeJS.Timeout | undefined

  constructor(limits: BodyLimits, bounds: { readonly perHolder: number; readonly overall: number }) {
    this.#limits = limits
    this.#quota = new Quota(bounds)
  }

  get heldBytes(): number {
    return this.#quota.total
  }

  /**
   * Counts one body. `endless`: it doesn't say how long it is. A compressed one may take as much as a reader keeps once it is
   * whole. Without a holder only the limit of the single body applies.
   */
  open(
    holder: string | undefined,
    about: { readonly endless: boolean; readonly compressed: boolean },
    source: Source
  ): Body {
    const { kept } = this.#limits
    let largest = about.endless ? this.#limits.endless : this.#limits.read
    let arrived = 0
    const answered = () => {
      largest = arrived + this.#limits.answered
    }
    const tooLong = (bytes: number) => {
      arrived += bytes
      if (arrived > largest) source.cut()
      return arrived > largest
    }
    if (holder === undefined) {
      const nothing = () => undefined
      return {
        arrived: tooLong,
        waits: () => false,
        ended: nothing,
        decoded: nothing,
        answered,
        closed: nothing
      }
    }
    const held = new Held(holder, source)
    let open = true
    const hold = (bytes: number) => {
      if (!open) return
      this.#quota.add(holder, bytes - held.bytes)
      held.bytes = bytes
    }
    return {
      arrived: (bytes) => {
        if (!open || tooLong(bytes)) return
        if (held.bytes === 0) this.#begin(held)
        hold(Math.min(arrived, kept))
        this.#makeRoom(held)
      },
      waits: () => this.#lines.get(holder)?.waiting.has(held) ?? false,
      ended: () => {
        this.#leave(held)
        if (about.compressed && held.bytes > 0) hold(kept)
        this.#makeRoom(held)
      },
      decoded: (bytes) => {
        hold(Math.min(bytes, kept))
      },
      answered: () => {
        // What it still sends is thrown away: it needs no turn for that, and may not keep one.
        this.#leave(held)
        answered()
      },
      closed: () => {
        this.#leave(held)
        hold(0)
        open = false
      }
    }
  }

  #begin(held: Held): void {
    const line = this.#lines.get(held.holder) ?? { reading: new Set(), waiting: new Set() }
    this.#lines.set(held.holder, line)
    if (line.reading.size < turns) {
      line.reading.add(held)
      return
    }
    line.waiting.add(held)
    this.#looking ??= setInterval(() => this.#look(), lookMs).unref()
  }

  /** Gives its turn to the next. One that waited itself may go on. */
  #leave(held: Held): void {
    if (this.#remove(held)) held.source.goOn()
  }

  /** True when it waited. */
  #remove(held: Held): boolean {
    const line = this.#lines.get(held.holder)
    if (line === undefined) return false
    const waited = line.waiting.delete(held)
    line.reading.delete(held)
    const next = line.reading.size < turns ? line.waiting.values().next().value : undefined
    if (next !== undefined) {
      line.waiting.delete(next)
      line.reading.add(next)
      next.source.goOn()
    }
    if (line.reading.size === 0 && line.waiting.size === 0) this.#lines.delete(held.holder)
    return waited
  }

  /** Who keeps others waiting for too long loses the turn, and the request with it. */
  #look(): void {
    let someWait = false
    for (const line of this.#lines.values()) {
      if (line.waiting.size === 0) continue
      someWait = true
      for (const held of line.reading) {
        held.looked += 1
        if (held.looked > looks) this.#drop(held)
      }
    }
    if (someWait) return
    clearInterval(this.#looking)
    this.#looking = undefined
  }

  #drop(held: Held): void {
    this.#remove(held)
    this.#quota.add(held.holder, -held.bytes)
    held.bytes = 0
    held.source.cut()
  }

  /** Who goes when a holder has too much: the last that waits, else the first that is read. */
  #victim(holder: string, newcomer: Held): Held {
    const line = this.#lines.get(holder)
    return [...(line?.waiting ?? [])].at(-1) ?? line?.reading.values().next().value ?? newcomer
  }

  #makeRoom(newcomer: Held): void {
    // What is dropped holds nothing any more, so each round frees something or is the last.
    while (this.#quota.isOver(newcomer.holder) && newcomer.bytes > 0) {
      this.#drop(this.#victim(newcomer.holder, newcomer))
    }
    while (this.#quota.isOverAll && newcomer.bytes > 0) {
      this.#drop(this.#victim(this.#quota.heaviest() ?? newcomer.holder, newcomer))
    }
  }
}
