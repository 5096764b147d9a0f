/** Lengths of time as tests write them. */
import { Duration } from "effect"

/** Milliseconds, a length such as `3 hours`, or its short form: `250ms`, `30s`, `5m`, `3h`, `2d`; `-5m` goes back. */
export type Span = Duration.Input | `${number}${"ms" | "s" | "m" | "h" | "d"}`

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The span in milliseconds. Throws an `Error` that says what a span looks like. */
export const millisOf = (span: Span): number => {
  const [, number, unit] = typeof span === "string" ? (/^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(span) ?? []) : []
  if (number !== undefined) return Number(number) * units[unit as keyof typeof units]
  try {
    return Duration.toMillis(Duration.fromInputUnsafe(span as Duration.Input))
  } catch (cause) {
    throw new Error(`${JSON.stringify(span)} is not a length of time such as "3 hours" or "5m"`, { cause })
  }
}
