/** What every `DatabaseSignal` adapter does, on a database of its own. */
import { type Channel, DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { Effect, type Layer, Queue, Stream } from "effect"
import { SqlClient } from "effect/sql"
import * as assert from "../internal/assert.ts"
import { type Case, casesOf } from "./Case.ts"

/** How long a signal may take that must come. */
const patience = "20 seconds"

/** What every `DatabaseSignal` does. */
export const databaseSignal = <E>(adapter: Layer.Layer<DatabaseSignal | SqlClient.SqlClient, E>): ReadonlyArray<Case> =>
  casesOf(
    adapter,
    (it) => {
      /** A reader of the channel that listens already. */
      const reader = Effect.fnUntraced(function* (channel: Channel) {
        const heard = yield* Queue.unbounded<void>()
        const { signals } = yield* DatabaseSignal
        yield* Effect.forkScoped(Stream.runForEach(signals(channel), () => Queue.offer(heard, undefined)))
        const next = Effect.timeout(Queue.take(heard), patience)
        // Each start of listening is a signal.
        yield* next
        return { next, waiting: Queue.size(heard) }
      })

      it("a signal reaches every reader of its channel, time after time", () =>
        Effect.gen(function* () {
          const { send } = yield* DatabaseSignal
          const [one, two] = [yield* reader("galaxy_mail"), yield* reader("galaxy_mail")]
          for (let i = 0; i < 3; i++) {
            yield* send("galaxy_mail")
            yield* one.next
            yield* two.next
          }
        }))

      it("a signal of another channel is not heard", () =>
        Effect.gen(function* () {
          const { send } = yield* DatabaseSignal
          const [mails, pushes] = [yield* reader("galaxy_mail"), yield* reader("galaxy_push")]
          yield* send("galaxy_push")
          yield* pushes.next
          yield* send("galaxy_push")
          yield* pushes.next
          assert.strictEqual(yield* mails.waiting, 0)
        }))

      it("inside a transaction a signal is sent with the commit, and not without one", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const { send } = yield* DatabaseSignal
          const [mails, pushes] = [yield* reader("galaxy_mail"), yield* reader("galaxy_push")]
          const undone = sql.withTransaction(Effect.andThen(send("galaxy_mail"), Effect.fail("undone" as const)))
          assert.strictEqual(yield* Effect.flip(undone), "undone")
          // What was sent before this one would have come before it.
          yield* send("galaxy_push")
          yield* pushes.next
          yield* sql`SELECT 1`
          assert.strictEqual(yield* mails.waiting, 0, "a signal of a transaction that was undone came")
          const early = sql.withTransaction(
            Effect.andThen(Effect.andThen(send("galaxy_mail"), sql`SELECT 1`), mails.waiting)
          )
          assert.strictEqual(yield* early, 0, "a signal came before the commit")
          yield* mails.next
        }))
    },
    { liveClock: true }
  )
