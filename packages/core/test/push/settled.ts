/** Waiting for what the database server decides: other tests' open transactions hold rows back, as they would in earnest. */
import { PushLog } from "@galaxy/core/push/PushLog"
import { Effect } from "effect"

/** A moment of real time, whatever the clock is. */
export const moment = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 2)))

/** Until every committed row of the log can be read. */
export const settled = Effect.gen(function* () {
  const log = yield* PushLog
  while ((yield* log.standing(yield* log.head)).pending) yield* moment
})

/** The head, above everything that is there. */
export const settledHead = Effect.andThen(
  settled,
  Effect.flatMap(PushLog, (log) => log.head)
)
