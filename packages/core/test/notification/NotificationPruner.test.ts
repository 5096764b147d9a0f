/** Old notifications go with all that belongs to them, and so do malformed intents and invites that are over. */
import { UserId } from "@galaxy/contract/ids/Ids"
import * as InvitePruner from "@galaxy/core/lobby/invite/InvitePruner"
import * as NotificationPruner from "@galaxy/core/notification/NotificationPruner"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { lobbyOn, openGame, player } from "../lobby/fixture.ts"

const at = (days: number) => new Date(Date.now() - days * 86_400_000)

/** A notification that was sent so many days ago, with its routes and a dead letter. */
const told = Effect.fnUntraced(function* (key: string, days: number) {
  const sql = yield* SqlClient.SqlClient
  const [id, user] = [yield* newId, UserId.make(yield* newId)]
  yield* sql`INSERT INTO backend.notifications (notification_id, kind, idempotency_key, payload, created_at)
    VALUES (${id}, 'k', ${key}, '{}', ${at(days)})`
  for (const channel of ["push", "email"]) {
    yield* sql`INSERT INTO backend.notification_routes (route_id, notification_id, channel, user_id, status, created_at)
      VALUES (${yield* newId}, ${id}, ${channel}, ${user}, 'skipped', ${at(days)})`
  }
  yield* sql`INSERT INTO backend.notification_dead_letters (dead_letter_id, notification_id, archived_at, reason)
    VALUES (${yield* newId}, ${id}, ${at(days)}, 'r')`
  yield* sql`INSERT INTO backend.notification_malformed_intents (id, received_at, payload, reason)
    VALUES (${yield* newId}, ${at(days)}, '{}', ${key})`
})

const rows = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<Record<string, unknown>>`
    SELECT (SELECT string_agg(idempotency_key, ' ' ORDER BY idempotency_key) FROM backend.notifications) AS keys,
      (SELECT string_agg(reason, ' ' ORDER BY reason) FROM backend.notification_malformed_intents) AS malformed,
      (SELECT count(*)::int FROM backend.notification_routes) AS routes,
      (SELECT count(*)::int FROM backend.notification_dead_letters) AS letters`
)

const invites = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(sql<{ code: string }>`SELECT code FROM backend.invites ORDER BY code`, (all) => all.map((it) => it.code))
)

const until = <A, E, R>(look: Effect.Effect<A, E, R>, wanted: A) =>
  Effect.gen(function* () {
    const end = performance.now() + 30_000
    while (JSON.stringify(yield* look) !== JSON.stringify(wanted)) {
      if (performance.now() > end) assert.deepStrictEqual(yield* look, wanted)
      yield* Effect.sleep("5 millis")
    }
  })

eachDatabase((name, database) => {
  // On the running clock: connections of the pool are opened in the pruner's time.
  layer(lobbyOn(database), { timeout: "60 seconds", excludeTestServices: true })(`pruning on ${name}`, (it) => {
    it.effect("forgets old notifications and malformed intents, batch by batch, and keeps the young ones", () =>
      Effect.gen(function* () {
        for (const [key, days] of [
          ["a", 60],
          ["b", 50],
          ["c", 40],
          ["d", 31],
          ["e", 29],
          ["f", 0]
        ] as const) {
          yield* told(key, days)
        }
        const bounded = NotificationPruner.layer({ every: "1 hour", batch: 1, maxBatches: 2 })
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* Layer.build(bounded.pipe(Layer.provide(BackgroundLoops.layer)))
            yield* until(rows, [{ keys: "c d e f", malformed: "c d e f", routes: 8, letters: 4 }])
          })
        )
        yield* Layer.build(NotificationPruner.layer({ batch: 3 }).pipe(Layer.provide(BackgroundLoops.layer)))
        yield* until(rows, [{ keys: "e f", malformed: "e f", routes: 4, letters: 2 }])
      }).pipe(Effect.scoped)
    )

    it.effect("forgets invites that were settled or expired long ago, and none that can be redeemed", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const owner = yield* player
        const { game_id } = yield* openGame(owner)
        for (const [code, status, decided, expires] of [
          ["a-redeemed-old", "redeemed", 91, -300],
          ["b-redeemed-young", "redeemed", 89, -300],
          ["c-expired-old", "expired", 91, 92],
          ["d-unnoticed-old", "pending", undefined, 91],
          ["e-unnoticed-young", "pending", undefined, 89],
          ["f-open", "pending", undefined, -1]
        ] as const) {
          yield* sql`INSERT INTO backend.invites
              (invite_id, game_id, issuer_user_id, code, status, expires_at, created_at, decided_at)
            VALUES (${yield* newId}, ${game_id}, ${owner}, ${code}, ${status}, ${at(expires)}, ${at(400)},
              ${decided === undefined ? null : at(decided)})`
        }
        yield* Layer.build(InvitePruner.layer({ batch: 1 }).pipe(Layer.provide(BackgroundLoops.layer)))
        // One whose end nobody had noticed is marked as expired, and kept from then on.
        yield* until(invites, ["b-redeemed-young", "d-unnoticed-old", "e-unnoticed-young", "f-open"])
        const pending = sql<{ code: string }>`SELECT code FROM backend.invites WHERE status = 'pending'`
        yield* until(pending, [{ code: "f-open" }])
      }).pipe(Effect.scoped)
    )
  })
})
