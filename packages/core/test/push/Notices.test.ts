/** A player's notices through the user surface: listed newest first, and marked as read. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { messageRoutes } from "@galaxy/contract/routes/MessageRoutes"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { Notifications } from "@galaxy/core/notification/Notifications"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { platformOn, refusalOf, surfaces, user } from "../http/platform.ts"

const tell = Effect.fnUntraced(function* (recipients: ReadonlyArray<UserId>, count: number) {
  const game_id = yield* newId
  for (let turn = 1; turn <= count; turn++) {
    yield* (yield* Notifications).submit({
      kind: "game.turn.ready",
      idempotencyKey: `${game_id}:${turn}`,
      recipients,
      payload: { game_id, turn }
    })
  }
  return game_id
})

const path = "/api/v1/user/notices"

eachDatabase((name, database) => {
  layer(platformOn(database), { timeout: "120 seconds", excludeTestServices: true })(`notices on ${name}`, (it) => {
    it.effect("are the player's own events, newest first, page by page while more come", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const [ada, lin] = [yield* user, yield* user]
        const game_id = yield* tell([ada.user], 5)
        yield* tell([lin.user], 1)
        const first = yield* call(ada, "GET", `${path}?limit=2`)
        assert.strictEqual(first.status, 200)
        const { created_at, ...newest } = first.body.notices[0]
        assert.deepStrictEqual(newest, {
          sequence: 5,
          kind: "game.turn.ready",
          payload: { game_id, turn: 5 },
          read: false
        })
        assert.match(created_at, /^\d{4}-.*Z$/)
        // What comes between two pages changes neither of them.
        yield* tell([ada.user], 1)
        const second = yield* call(ada, "GET", `${path}?limit=2&cursor=${first.body.next_cursor}`)
        const third = yield* call(ada, "GET", `${path}?limit=2&cursor=${second.body.next_cursor}`)
        const sequences = [first, second, third].map(({ body }) =>
          body.notices.map((it: { sequence: number }) => it.sequence)
        )
        assert.deepStrictEqual(sequences, [[5, 4], [3, 2], [1]])
        assert.notProperty(third.body, "next_cursor")
        // The answer fits its table, in which the payload is the text of the object.
        const { response } = messageRoutes["user.notices.list"]
        assert.deepStrictEqual(codec.decode(tables, response, codec.encode(tables, response, first.body)), first.body)
        for (const cursor of ["bm90aWNl", "!", first.body.next_cursor.slice(1)]) {
          assert.strictEqual(refusalOf(yield* call(ada, "GET", `${path}?cursor=${cursor}`)), "invalid_request")
        }
      }).pipe(Effect.scoped)
    )

    it.effect("are read up to a mark that never moves back, nor beyond what was told", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const [ada, nobody] = [yield* user, yield* user]
        yield* tell([ada.user], 4)
        const read = (as: typeof ada, up_to: unknown) => call(as, "POST", `${path}/read`, { up_to })
        const unread = (up_to: number) => Effect.map(read(ada, up_to), (it) => it.body)
        assert.deepStrictEqual(yield* unread(0), { unread: 4 })
        assert.deepStrictEqual(yield* unread(3), { unread: 1 })
        assert.deepStrictEqual(yield* unread(1), { unread: 1 })
        const { body } = yield* call(ada, "GET", path)
        assert.deepStrictEqual(
          body.notices.map((it: { read: boolean }) => it.read),
          [false, true, true, true]
        )
        assert.deepStrictEqual(yield* unread(1_000_000), { unread: 0 })
        yield* tell([ada.user], 1)
        assert.deepStrictEqual(yield* unread(0), { unread: 1 })
        assert.deepStrictEqual((yield* read(nobody, 5)).body, { unread: 0 })
        for (const wrong of [-1, 1.5, "1", null, undefined]) {
          assert.strictEqual(refusalOf(yield* read(ada, wrong)), "invalid_request", String(wrong))
        }
      }).pipe(Effect.scoped)
    )

    it.effect("of a kind or form that this version doesn't know have an empty payload", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const sql = yield* SqlClient.SqlClient
        const ada = yield* user
        yield* tell([ada.user], 2)
        yield* sql`UPDATE backend.push_events SET kind = 'gone.kind' WHERE user_id = ${ada.user} AND sequence = 1`
        yield* sql`UPDATE backend.push_events SET payload = 'rubbish' WHERE user_id = ${ada.user} AND sequence = 2`
        const { body } = yield* call(ada, "GET", path)
        assert.deepStrictEqual(
          body.notices.map((it: { kind: string; payload: object }) => [it.kind, it.payload]),
          [
            ["game.turn.ready", {}],
            ["gone.kind", {}]
          ]
        )
      }).pipe(Effect.scoped)
    )
  })
})
