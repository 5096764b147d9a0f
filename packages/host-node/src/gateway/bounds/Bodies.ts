/**
 * The bytes of request bodies that the gateway holds: counted as they arrive, until the request is answered.
 *
 * Only a few bodies of one address are read at a time and further ones wait, so that many large bodies from one address
 * cost the others neither memory nor time. While others wait, a body that doesn't become complete soon is cut off:
 * honest ones are complete within moments, withheld ones never. A body that exceeds its limit is cut off as well.
 */
import type { Quota } from "./Quota.ts"

/** Limits of a single body, in bytes. */
export interface BodyLimits {
  /** The most that a reader keeps of a body. */
  readonly kept: number
  /** The most that is read of one; anything beyond `kept` is discarded. */
  readonly read: number
  /** The same for an HTTP/1.1 body without a length, which may have no end. */
  readonly endless: number
  /** The most that may still arrive after the answer. */
  readonly answered: number
}

/** What can be done to a request while its body comes in. */
export interface Source {
  /** Ends it. */
  readonly cut: () => void
  /** Continues with a body that had to wait. */
  readonly goOn: () => void
}

/** One body, as it is counted; after `closed` it counts for nothing. */
export interface Body {
  readonly arrived: (bytes: number) => void
  /** Whether no more of it may be read for now. */
  readonly waits: () => boolean
  /** It is complete. */
  readonly ended: () => void
  /** Its message was decoded and counts with this size from now on. */
  readonly decoded: (bytes: number) => void
  /** The request was answered; anything that still arrives is discarded. */
  readonly answered: () => void
  /** The request is over. */
  readonly closed: () => void
}

/** Bodies of one address that are read at the same time; one that arrives complete with its head needs no turn. */
const turns = 8
/**
 * While others wait, how often it is checked whether a body is complete, and how many checks it may fail: about two
 * seconds.
 */
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

/** The incomplete bodies of one address, in the order in which they came. */
interface Line {
  readonly reading: Set<Held>
  readonly waiting: Set<Held>
}

/**
 * All bodies in progress of one listener. Where a holder has too much, its last waiting body is cut off, or else the
 * first that is being read; where all have too much, the same happens to the heaviest holder.
 */
export class Bodies {
  readonly #limits: BodyLimits
  readonly #quota: Quota
  readonly #relieve: (holder: string) => boolean
  readonly #lines = new Map<string, Line>()
  #looking: NodeJS.Timeout | undefined

  /** `quota` may count more than bodies; `relieve` frees some of the rest where that is what a holder has too much of. */
  constructor(limits: BodyLimits, quota: Quota, relieve: (holder: string) => boolean = () => false) {
    this.#limits = limits
    this.#quota = quota
    this.#relieve = relieve
  }

  /**
   * Counts one body. An `endless` one doesn't say how long it is. A compressed one may take as much as a reader keeps
   * once it is complete. Without a holder only the limit of the single body applies.
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
        // The rest is discarded, which needs no turn, so it must not keep one.
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

  /** Gives its turn to the next. A body that was waiting may continue. */
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

  /** A body that keeps others waiting too long loses its turn, and its request is cut off. */
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

  /** Which body goes when a holder has too much: the last that waits, or else the first that is being read. */
  #victim(holder: string, newcomer: Held): Held {
    const line = this.#lines.get(holder)
    return [...(line?.waiting ?? [])].at(-1) ?? line?.reading.values().next().value ?? newcomer
  }

  #makeRoom(newcomer: Held): void {
    // A dropped body holds nothing any more, so each round frees something or is the last.
    const free = (holder: string) => {
      if (!this.#relieve(holder)) this.#drop(this.#victim(holder, newcomer))
    }
    while (this.#quota.isOver(newcomer.holder) && newcomer.bytes > 0) free(newcomer.holder)
    while (this.#quota.isOverAll && newcomer.bytes > 0) free(this.#quota.heaviest() ?? newcomer.holder)
  }
}
