/**
 * Whether anything goes on in a runtime: statements, transactions and calls to engines are seen by their spans, and all
 * other work is done at once.
 *
 * So a test can act when what it has begun is over, or waits for something else, however fast the machine is.
 */
import { Effect, Tracer } from "effect"

/** Longest wait for things that go on and on. */
const mostMs = 5_000

export interface QuietOptions {
  /** Transactions that are stopped, and that nobody waits for; none when absent. */
  readonly held?: () => number
  /** Where nothing has moved for so many milliseconds, something waits for what only the test can do. */
  readonly stillMs: number
}

/** `tracer` has to be that of the runtime; `settled` waits until nothing is at work. */
export const make = ({ held = () => 0, stillMs }: QuietOptions) => {
  let open = 0
  /** Begins and ends so far. */
  let moves = 0
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      if (options.kind !== "client" && options.name !== "sql.transaction") return span
      open++
      moves++
      const end = span.end.bind(span)
      span.end = (time, exit) => {
        open--
        moves++
        end(time, exit)
      }
      return span
    }
  })
  const wait = async () => {
    const start = performance.now()
    let seen = moves
    let since = start
    for (let calm = 0; calm < 2; ) {
      await new Promise((done) => setTimeout(done, 1))
      const now = performance.now()
      if (moves !== seen) since = now
      seen = moves
      if (now - since > stillMs || now - start > mostMs) return
      calm = open > held() ? 0 : calm + 1
    }
  }
  return { tracer, settled: Effect.promise(wait) }
}
