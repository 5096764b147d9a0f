/** What gauges read from the database, and where counting ends. */
import * as EngineHost from "@galaxy/core/engine/EngineHost"
import * as PlatformGauges from "@galaxy/core/http/PlatformGauges"
import * as PushBroker from "@galaxy/core/push/PushBroker"
import { BackgroundLoops } from "@galaxy/core/shared/BackgroundLoops"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Layer, Metric } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"

const others = Layer.mergeAll(
  Layer.mock(PushBroker.PushBroker, { size: Effect.succeed(2) }),
  Layer.mock(EngineHost.EngineHost, { list: Effect.succeed([]) })
)

/** The values of a gauge by its attribute. */
const values = (name: string) =>
  Effect.map(Metric.snapshot, (all) =>
    Object.fromEntries(
      all.flatMap(({ attributes = {}, id, state }) =>
        id === name && "value" in state ? [[Object.values(attributes).join(), Number(state.value)]] : []
      )
    )
  )

/** Returns when both loops have read once. */
const read = (options: PlatformGauges.PlatformGaugesOptions) =>
  Effect.gen(function* () {
    const [first, second] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    const loops = Layer.mock(BackgroundLoops, {
      register: (name) => Effect.succeed(Effect.asVoid(Deferred.succeed(name === "gauges" ? first : second, undefined)))
    })
    yield* Layer.build(PlatformGauges.layer(options).pipe(Layer.provide([loops, others])))
    yield* Effect.all([Deferred.await(first), Deferred.await(second)])
  }).pipe(Effect.scoped)

const account = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const id = yield* newId
  yield* sql`
    INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
    VALUES (${id}, ${`${id}@example.org`}, ${id.slice(-12)}, 'en', 'UTC')`
})

/** An event of an account that waits since so many seconds after 1970. */
const waiting = (seconds: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const at = new Date(seconds * 1_000)
    yield* sql`
      INSERT INTO backend.user_events (event_id, event_type, user_id, occurred_at, created_at)
      VALUES (${yield* newId}, 'account.created', ${yield* newId}, ${at}, ${at})`
  })

const mail = (status: string, seconds: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const id = yield* newId
    yield* sql`
      INSERT INTO backend.mail_payloads (payload_id, content_type, subject, body) VALUES (${id}, 'text/plain', '', '')`
    yield* sql`
      INSERT INTO backend.mail_deliveries
        (delivery_id, template_id, idempotency_key, status, payload_id, message_id, created_at)
      VALUES (${id}, 'lobby.invite', ${id}, ${status}, ${id}, ${id}, ${new Date(seconds * 1_000)})`
  })

eachDatabase((name, database) => {
  layer(database, { timeout: "240 seconds" })(`gauges on ${name}`, (it) => {
    it.effect("tell how much waits, up to a bound, and how old the oldest of all is", () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(1_000_000)
        for (const at of [100, 400, 700]) yield* waiting(at)
        yield* mail("sent", 1)
        yield* Effect.forEach([900, 800], (at) => mail("pending", at))
        // The oldest one is the last that a scan of the table meets.
        yield* mail("retrying", 250)
        yield* read({ mostWaiting: 2 })
        assert.deepStrictEqual(yield* values("galaxy.outbox.depth"), { mail: 2, user_event: 2 })
        assert.deepStrictEqual(yield* values("galaxy.outbox.oldest_age"), { mail: 750, user_event: 900 })
        yield* read({})
        assert.deepStrictEqual(yield* values("galaxy.outbox.depth"), { mail: 3, user_event: 3 })
        assert.deepStrictEqual(yield* values("galaxy.push.subscribers"), { "": 2 })
      })
    )

    it.effect("count accounts up to a bound", () =>
      Effect.gen(function* () {
        yield* Effect.repeat(account, { times: 3 })
        yield* read({ mostOfAll: 3 })
        assert.deepStrictEqual(yield* values("galaxy.accounts"), { "": 3 })
        yield* read({})
        assert.deepStrictEqual(yield* values("galaxy.accounts"), { "": 4 })
      })
    )
  })
})
