/** The text of the stretches of time that a replay store doesn't vouch for, in files and in Redis. */
import type { Span } from "@galaxy/edge/ClockSteps"

/** Stretches of time as they are stored. */
export const timeSpansText = (spans: ReadonlyArray<Span>): string =>
  spans.map(({ from, to }) => `${from}..${to}`).join(" ")

/** Reads what `timeSpansText` wrote. */
export const timeSpansOf = (text: string): ReadonlyArray<Span> =>
  text.split(" ").flatMap((it) => {
    const found = /^(-?\d{1,16})\.\.(\d{1,16})$/.exec(it)
    return found === null ? [] : [{ from: Number(found[1]), to: Number(found[2]) }]
  })
