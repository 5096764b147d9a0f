/** The clock of spans. */

/** A moment of the monotonic clock, in milliseconds, as Unix nanoseconds. */
export const nanos = (monotonicMs: number): bigint =>
  BigInt(Math.round((performance.timeOrigin + monotonicMs) * 1_000)) * 1_000n
