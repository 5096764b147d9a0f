/**
 * Bounds how often one caller may do something, in the memory of this process.
 *
 * Each caller has a bucket of tokens that fills up again steadily. Only the callers of the last while are remembered;
 * one who was forgotten begins with a full bucket.
 */
import { Clock, Effect, Schema } from "effect"

/** The caller has used up their budget. After `retryAfterMs` they may try again. */
export class TooOften extends Schema.TaggedError<TooOften>()("TooOften", { retryAfterMs: Schema.Int }) {
  override get message(): string {
    return `too many requests; try again in ${Math.ceil(this.retryAfterMs / 1000)} seconds`
  }
}

/** Size and pace of the buckets. */
export interface BudgetSettings {
  /** Calls that a full bucket lets through at once. */
  readonly burst: number
  /** How often a token comes back, in milliseconds. */
  readonly tokenEveryMs: number
  /** Most callers that are remembered. */
  readonly remembered: number
}

interface Bucket {
  readonly tokens: number
  readonly at: number
}

/** Makes a budget: each call takes one of the caller's tokens, or fails. */
export const make = ({ burst, tokenEveryMs, remembered }: BudgetSettings) => {
  // In the order of their last use: the first one is forgotten first.
  const buckets = new Map<string, Bucket>()
  return (caller: string): Effect.Effect<void, TooOften> =>
    Effect.gen(function* () {
      const now = Number((yield* Clock.monotonicTimeNanos) / 1_000_000n)
      const last = buckets.get(caller) ?? { tokens: burst, at: now }
      const tokens = Math.min(burst, last.tokens + (now - last.at) / tokenEveryMs)
      buckets.delete(caller)
      const enough = tokens >= 1
      buckets.set(caller, { tokens: enough ? tokens - 1 : tokens, at: now })
      if (buckets.size > remembered) {
        const [oldest] = buckets.keys()
        if (oldest !== undefined) buckets.delete(oldest)
      }
      if (!enough) return yield* new TooOften({ retryAfterMs: Math.ceil((1 - tokens) * tokenEveryMs) })
    })
}
