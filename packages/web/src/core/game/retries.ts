/** When something that failed is tried again: later each time, spread over many clients, and one thing at a time. */
import type { ClientError } from "@galaxy/client/ClientError"
import type { Timer } from "./Timer.ts"

const firstMs = 2_000
const mostMs = 60_000

export interface Retries {
  /** Runs something later, in place of what was to run. */
  readonly after: (ms: number, run: () => void) => void
  /** Runs it after the next pause, which is at least what the server has asked for. Returns its length in milliseconds. */
  readonly backOff: (error: ClientError, run: () => void) => number
  /** Whether something is to run. */
  readonly waits: () => boolean
  readonly cancel: () => void
  /** It has worked: the next pause is the shortest one again. */
  readonly worked: () => void
}

export const make = (timer: Timer): Retries => {
  let failures = 0
  let waiting: (() => void) | undefined
  const cancel = () => {
    waiting?.()
    waiting = undefined
  }
  const after = (ms: number, run: () => void) => {
    cancel()
    waiting = timer.after(ms, () => {
      waiting = undefined
      run()
    })
  }
  return {
    after,
    backOff: (error, run) => {
      const backoff = Math.min(mostMs, firstMs * 2 ** failures++)
      const asked = "retryAfterMs" in error ? (error.retryAfterMs ?? 0) : 0
      const ms = Math.max(asked, backoff * (0.5 + timer.random() / 2))
      after(ms, run)
      return ms
    },
    waits: () => waiting !== undefined,
    cancel,
    worked: () => {
      failures = 0
    }
  }
}
