/**
 * Notices that the wall clock of this process was set back, by comparing it with the monotonic clock.
 *
 * Timestamps are judged by the wall clock, and reservations are kept for a time by the monotonic one. A request that
 * was accepted while the wall clock was ahead is fresh again when the right time reaches its timestamp, long after its
 * reservation has ended. So the stretches of wall time that still lie ahead after a step back are reported.
 */
import { Clock, Effect } from "effect"

/** A stretch of wall-clock time in Unix milliseconds, both ends included. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Both clocks at one moment, in milliseconds. */
export interface Reading {
  /** Unix milliseconds; whole. */
  readonly wall: number
  /** Its origin is arbitrary. */
  readonly monotonic: number
}

/** A process that is stopped between the two readings would compare times that don't belong together. */
const apartMs = 1_000
const maxAttempts = 3

/** Reads both clocks. */
export const read: Effect.Effect<Reading> = Clock.clockWith((clock) => Effect.sync(() => readOf(clock)))

/** The same by a clock that is at hand. */
export const readOf = (clock: Clock.Clock): Reading => {
  const monotonicMs = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000n) / 1_000
  let monotonic = monotonicMs()
  for (let attempt = 1; ; attempt++) {
    const wall = Math.floor(clock.currentTimeMillisUnsafe())
    const after = monotonicMs()
    if (after - monotonic < apartMs || attempt === maxAttempts) return { wall, monotonic: after }
    monotonic = after
  }
}

/** A step back up to this is covered by the margin of every reservation. Milliseconds. */
export const toleranceMs = 5_000

/** Of a clock that was ahead for longer, only the last stretch of this length is reported. Milliseconds. */
export const longestMs = 10 * 60_000

/** Stretches that are remembered; the oldest are forgotten. */
const maxSpans = 8

/** Compares the readings of one process, in their order. */
export interface ClockSteps {
  /**
   * Returns `undefined` unless the wall clock was set back since the reading before. Then it returns the stretches of
   * earlier readings that end after this one.
   */
  readonly setBack: (reading: Reading) => ReadonlyArray<Span> | undefined
}

/** Starts without a reading. */
export const make = (): ClockSteps => {
  let stretches: ReadonlyArray<Span> = []
  let current: { readonly span: Span; readonly offset: number } | undefined
  return {
    setBack: ({ wall, monotonic }) => {
      const offset = wall - monotonic
      const begun = { span: { from: wall, to: wall }, offset }
      if (current === undefined) {
        current = begun
        return undefined
      }
      const step = offset - current.offset
      if (Math.abs(step) <= toleranceMs) {
        const { from, to } = current.span
        // The largest offset stays, so that several small steps back are noticed when they add up.
        current = { span: { from, to: Math.max(to, wall) }, offset: Math.max(offset, current.offset) }
        return undefined
      }
      stretches = [...stretches, current.span].slice(-maxSpans)
      current = begun
      return step > 0 ? undefined : stretches.filter((it) => it.to > wall).map(shortened)
    }
  }
}

const shortened = ({ from, to }: Span): Span => ({ from: Math.max(from, to - longestMs), to })

/** After this time behind it, a stretch is forgotten. Milliseconds. */
const pastMs = 60 * 60_000

/** The stretches of both lists that aren't long over. The number is bounded: those that end first are left out. */
export const joined = (spans: ReadonlyArray<Span>, more: ReadonlyArray<Span>, now: number): ReadonlyArray<Span> =>
  [...spans, ...more.filter((it) => !spans.some((one) => one.from <= it.from && it.to <= one.to))]
    .filter((it) => it.to + pastMs > now)
    .toSorted((a, b) => a.to - b.to)
    .slice(-maxSpans)
