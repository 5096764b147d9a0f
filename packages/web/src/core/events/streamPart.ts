/**
 * The part of the program that holds the event stream is loaded when somebody is signed in. Without a network it can't
 * be, and is asked for again until it is there: after a while, when the tab wakes, and at once when a person wants it.
 */
import type { StreamStatus } from "./messages.ts"
import type { TabSight } from "./ports.ts"

export interface StreamPart<A> {
  /** What was loaded; undefined once nobody waits for it. Never rejects. */
  readonly loaded: Promise<A | undefined>
  /** A person asks to try now. */
  readonly again: () => void
  /** Nobody waits for it any more. */
  readonly close: () => void
}

export interface Options {
  readonly sight: TabSight
  readonly sleep: (millis: number) => Promise<void>
  /** Unix milliseconds by this machine's clock. */
  readonly now: () => number
  /** Where the stream stands meanwhile. */
  readonly tell: (status: StreamStatus) => void
}

/** The first wait and the longest, in milliseconds; each is twice the one before. */
const firstMs = 2_000
const longestMs = 60_000

/** Begins to load at once. */
export const make = <A>(load: () => Promise<A>, { sight, sleep, now, tell }: Options): StreamPart<A> => {
  const closed = new AbortController()
  let wake = () => {}

  const wait = async (millis: number) => {
    const woken = new Promise<void>((done) => {
      wake = done
    })
    const unwake = sight.onWake(() => wake())
    tell(sight.online() ? { _tag: "waiting", untilMs: now() + millis } : { _tag: "offline" })
    await Promise.race([woken, sleep(millis)])
    unwake()
  }

  const untilLoaded = async () => {
    for (let millis = firstMs; !closed.signal.aborted; millis = Math.min(2 * millis, longestMs)) {
      tell({ _tag: "connecting" })
      const part = await load().catch(() => undefined)
      if (part !== undefined) return closed.signal.aborted ? undefined : part
      if (!closed.signal.aborted) await wait(millis)
    }
    return undefined
  }

  return {
    loaded: untilLoaded(),
    again: () => wake(),
    close: () => {
      closed.abort()
      wake()
    }
  }
}
