import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { UserId } from "@galaxy/contract/ids/Ids"
import { Content } from "@galaxy/core/mail/Mail"
import * as MailOutbox from "@galaxy/core/mail/MailOutbox"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import type { Intent, KnownIntent } from "@galaxy/core/notification/Intent"
import * as Notifications from "@galaxy/core/notification/Notifications"
import * as Standing from "@galaxy/core/standing/Standing"
import * as PushLog from "@galaxy/core/push/PushLog"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"

const services = Notifications.layer().pipe(
  Layer.provideMerge([PushLog.layer(), MailOutbox.layer({ messageIdDomain: "galaxy.test" }), Standing.layer]),
  Layer.provideMerge(SecretBox.layer({ secret: Redacted.make(new Uint8Array(32).fill(5)) }))
)

/** The same services with an address for operators, whose mails go the same way. */
const withOperators = Notifications.layer({ operators: { address: "ops@example.org", language: "en" } })

const account = Effect.fnUntraced(function* (language = "en", deleted = false) {
  const sql = yield* SqlClient.SqlClient
  const id = UserId.make(yield* newId)
  yield* sql`
    INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone, deleted_at)
    VALUES (${id}, ${`${id}@example.org`}, ${id}, ${language}, 'UTC', ${deleted ? yield* DateTime.nowAsDate : null})`
  return id
})

const invite = Effect.gen(function* () {
  return {
    game_id: yield* newId,
    invite_id: yield* newId,
    game_name: "Orion's Arm",
    issuer_user_id: yield* newId,
    expires_at: "2026-12-24T18:30:00.000Z"
  }
})

const turn = Effect.map(newId, (game_id) => ({ game_id, turn: 3 }))

const submit = Effect.fnUntraced(function* (intent: Intent) {
  // Producers that were built with another version may submit a kind that this one doesn't have.
  return yield* (yield* Notifications.Notifications).submit(intent as KnownIntent)
})

/** What came of a fact: its rows, routes by recipient, and mails. */
const traces = Effect.fnUntraced(function* (key: string) {
  const sql = yield* SqlClient.SqlClient
  const box = yield* SecretBox.SecretBox
  const notifications = yield* sql<{ kind: string; payload: unknown }>`
    SELECT kind, payload FROM backend.notifications WHERE idempotency_key = ${key}`
  const routes = yield* sql<{ channel: string; user: string; status: string; attempted: boolean }>`
    SELECT r.channel, r.user_id AS "user", r.status, r.last_attempt_at IS NOT NULL AS attempted
    FROM backend.notification_routes r JOIN backend.notifications n USING (notification_id)
    WHERE n.idempotency_key = ${key} ORDER BY r.channel, r.user_id`
  const sealed = yield* sql<{
    to: string
    expires: Date | null
    body: Uint8Array
    payloadId: string
    template: string
  }>`
    SELECT r.address AS "to", d.expires_at AS expires, p.body, p.payload_id AS "payloadId", d.template_id AS template
    FROM backend.mail_deliveries d JOIN backend.mail_payloads p USING (payload_id)
      JOIN backend.mail_recipients r USING (delivery_id)
    WHERE d.idempotency_key LIKE ${`${key}:%`} ORDER BY r.address`
  const mails = yield* Effect.forEach(sealed, (it) =>
    Effect.map(box.open(it.body, it.payloadId), (bytes) => ({
      to: it.to,
      template: it.template,
      expires: it.expires?.toISOString(),
      ...Schema.decodeUnknownSync(Schema.fromJsonString(Content))(new TextDecoder().decode(bytes))
    }))
  )
  return { notifications, routes: routes.map((it) => `${it.channel} ${it.user} ${it.status} ${it.attempted}`), mails }
})

const pushed = Effect.fnUntraced(function* (user: UserId) {
  const { events } = yield* (yield* PushLog.PushLog).eventsAfter(user, 0, 100)
  return events
})

const malformed = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{
    reason: string
    payload: { kind: string; idempotency_key: string; recipients: number; payload: string }
  }>`SELECT payload, reason FROM backend.notification_malformed_intents`
})

/** How many mails and how many skipped ones the recipient has had. */
const mailsOf = Effect.fnUntraced(function* (user: UserId) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ status: string; count: number }>`
    SELECT status, count(*)::int AS count FROM backend.notification_routes
    WHERE user_id = ${user} AND channel = 'email' GROUP BY status`
  const [mails] = yield* sql<{ count: number }>`
    SELECT count(*)::int AS count FROM backend.mail_recipients WHERE address = ${`${user}@example.org`}`
  const counts = Object.fromEntries(rows.map((it) => [it.status, it.count]))
  assert.strictEqual(mails?.count ?? 0, counts["enqueued"] ?? 0)
  return { mailed: counts["enqueued"] ?? 0, skipped: counts["skipped"] ?? 0 }
})

/** An invite of one player to another. */
const invites = Effect.fnUntraced(function* (sender: string, to: ReadonlyArray<UserId>) {
  yield* submit({
    kind: "lobby.invite.received",
    idempotencyKey: yield* newId,
    recipients: to,
    payload: { ...(yield* invite), issuer_user_id: sender }
  })
})

eachDatabase((name, database) => {
  layer(services.pipe(Layer.provideMerge(database)), { timeout: "240 seconds" })(`Notifications on ${name}`, (it) => {
    it.effect("mails that a player causes are bounded by sender and by day; the events still come", () =>
      Effect.gen(function* () {
        const [ada, lin] = [yield* account(), yield* account()]
        const flooder = yield* newId
        for (let n = 0; n < 8; n++) yield* invites(flooder, [ada, lin])
        assert.deepStrictEqual(yield* mailsOf(ada), { mailed: 5, skipped: 3 })
        assert.lengthOf(yield* pushed(ada), 8)
        // One sender doesn't use up what others may cause, but all of them together have a limit too.
        for (let n = 0; n < 17; n++) yield* invites(yield* newId, [ada])
        assert.deepStrictEqual(yield* mailsOf(ada), { mailed: 20, skipped: 5 })
        assert.deepStrictEqual(yield* mailsOf(lin), { mailed: 5, skipped: 3 })
        assert.lengthOf(yield* pushed(ada), 25)
        yield* TestClock.adjust("1 day")
        yield* invites(flooder, [ada, lin])
        assert.deepStrictEqual(yield* mailsOf(ada), { mailed: 21, skipped: 5 })
        assert.deepStrictEqual(yield* mailsOf(lin), { mailed: 6, skipped: 3 })
      })
    )

    it.effect("an invite is pushed and mailed, to each in their own language", () =>
      Effect.gen(function* () {
        const [ada, lin, max] = [yield* account("en"), yield* account("ru-RU"), yield* account("de")]
        const payload = yield* invite
        yield* submit({
          kind: "lobby.invite.received",
          idempotencyKey: "invite-1",
          recipients: [ada, lin, max, ada],
          payload
        })
        for (const user of [ada, lin, max]) {
          const [event, ...more] = yield* pushed(user)
          assert(event !== undefined)
          assert.strictEqual(event.kind, "lobby.invite.received")
          assert.strictEqual(event.sequence, 1n)
          assert.deepStrictEqual(more, [])
          assert.deepStrictEqual(codec.decode(tables, "galaxy.push.LobbyInviteReceived", event.payload), payload)
        }
        const { notifications, routes, mails } = yield* traces("invite-1")
        assert.deepStrictEqual(notifications, [{ kind: "lobby.invite.received", payload }])
        const users = [ada, lin, max].toSorted()
        assert.deepStrictEqual(routes, [
          ...users.map((it) => `email ${it} enqueued true`),
          ...users.map((it) => `push ${it} published true`)
        ])
        const mailOf = new Map(mails.map((it) => [it.to, it]))
        const { html, ...plain } = mailOf.get(`${ada}@example.org`) ?? { html: "" }
        assert.include(html, "Orion&#39;s Arm")
        assert.deepStrictEqual(plain, {
          to: `${ada}@example.org`,
          template: "lobby.invite.received",
          expires: "2026-12-24T18:30:00.000Z",
          subject: "You are invited to a game of Galaxy",
          text: `You are invited to the game "Orion's Arm".\n\nThe invite is valid until 2026-12-24 18:30 UTC. Open your client to accept or decline it.\n\n-- \nThis mail was sent automatically. Nobody reads answers to it.\n`
        })
        assert.match(mailOf.get(`${lin}@example.org`)?.text ?? "", /Вас приглашают в игру «Orion's Arm»/)
        assert.match(mailOf.get(`${max}@example.org`)?.subject ?? "", /You are invited/)
      })
    )

    it.effect("a turn and a revoked invite are pushed and not mailed", () =>
      Effect.gen(function* () {
        const ada = yield* account()
        const ready = yield* turn
        yield* submit({ kind: "game.turn.ready", idempotencyKey: "turn-1", recipients: [ada], payload: ready })
        const revoked = { game_id: yield* newId, invite_id: yield* newId }
        yield* submit({
          kind: "lobby.invite.revoked",
          idempotencyKey: "revoked-1",
          recipients: [ada],
          payload: revoked
        })
        const events = yield* pushed(ada)
        assert.deepStrictEqual(
          events.map((it) => [it.kind, it.sequence]),
          [
            ["game.turn.ready", 1n],
            ["lobby.invite.revoked", 2n]
          ]
        )
        assert.deepStrictEqual(
          codec.decode(tables, "galaxy.push.GameTurnReady", events[0]?.payload ?? new Uint8Array()),
          ready
        )
        for (const key of ["turn-1", "revoked-1"]) {
          const { routes, mails } = yield* traces(key)
          assert.deepStrictEqual(routes, [`push ${ada} published true`])
          assert.deepStrictEqual(mails, [])
        }
      })
    )

    it.effect("the same fact is told once; the same key of another kind is another fact", () =>
      Effect.gen(function* () {
        const ada = yield* account()
        const payload = yield* turn
        const intent = { kind: "game.turn.ready", idempotencyKey: "again", recipients: [ada], payload }
        yield* submit(intent)
        yield* submit(intent)
        yield* submit({ ...intent, payload: { ...payload, turn: 4 } })
        assert.strictEqual((yield* pushed(ada)).length, 1)
        yield* submit({
          kind: "lobby.invite.revoked",
          idempotencyKey: "again",
          recipients: [ada],
          payload: { game_id: yield* newId, invite_id: yield* newId }
        })
        assert.strictEqual((yield* pushed(ada)).length, 2)
        assert.strictEqual((yield* traces("again")).notifications.length, 2)
      })
    )

    it.effect("who is deleted or never was is skipped, and the others are told", () =>
      Effect.gen(function* () {
        const [ada, gone, nobody] = [yield* account(), yield* account("en", true), UserId.make(yield* newId)]
        const recipients = [ada, gone, nobody]
        yield* submit({ kind: "lobby.invite.received", idempotencyKey: "skip", recipients, payload: yield* invite })
        const { routes, mails } = yield* traces("skip")
        const users = recipients.toSorted()
        const is = (user: UserId, then: string) => (user === ada ? `${then} true` : "skipped false")
        assert.deepStrictEqual(routes, [
          ...users.map((it) => `email ${it} ${is(it, "enqueued")}`),
          ...users.map((it) => `push ${it} ${is(it, "published")}`)
        ])
        assert.deepStrictEqual(
          mails.map((it) => it.to),
          [`${ada}@example.org`]
        )
        assert.deepStrictEqual([(yield* pushed(gone)).length, (yield* pushed(nobody)).length], [0, 0])
      })
    )

    it.effect("operators are mailed where they have an address; without one the route is skipped", () =>
      Effect.gen(function* () {
        const payload = { game_id: yield* newId, game_name: "Orion's Arm", detail: "no such image" }
        const intent = { kind: "runtime.image_missing", recipients: [], payload }
        yield* submit({ ...intent, idempotencyKey: "image-1" })
        const skipped = yield* traces("image-1")
        assert.deepStrictEqual([skipped.routes, skipped.mails], [["email null skipped false"], []])
        yield* Effect.provide(submit({ ...intent, idempotencyKey: "image-2" }), withOperators)
        const told = yield* traces("image-2")
        assert.deepStrictEqual(told.routes, ["email null enqueued true"])
        assert.deepStrictEqual(
          told.mails.map((it) => [it.to, it.subject]),
          [["ops@example.org", "An engine's image is missing: Orion's Arm"]]
        )
      })
    )

    it.effect("the end of a session is mailed and no event", () =>
      Effect.gen(function* () {
        const ada = yield* account()
        const payload = { ended_at: "2026-12-24T18:30:00.000Z", device_label: "phone" }
        yield* submit({ kind: "user.session.ended", idempotencyKey: "session-1", recipients: [ada], payload })
        const { routes, mails } = yield* traces("session-1")
        assert.deepStrictEqual(routes, [`email ${ada} enqueued true`])
        assert.match(mails[0]?.text ?? "", /The one that was idle longest, "phone", was signed out/)
        assert.lengthOf(yield* pushed(ada), 0)
      })
    )

    it.effect("nobody to tell is no fault", () =>
      Effect.gen(function* () {
        yield* submit({ kind: "game.turn.ready", idempotencyKey: "nobody", recipients: [], payload: yield* turn })
        const { notifications, routes } = yield* traces("nobody")
        assert.deepStrictEqual([notifications.length, routes.length], [1, 0])
      })
    )

    it.effect("a producer's transaction that fails has told nobody, and may tell it again", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const ada = yield* account()
        const intent = {
          kind: "lobby.invite.received",
          idempotencyKey: "undone",
          recipients: [ada],
          payload: yield* invite
        }
        yield* Effect.flip(sql.withTransaction(Effect.andThen(submit(intent), Effect.fail("no"))))
        const { notifications, routes, mails } = yield* traces("undone")
        assert.deepStrictEqual([notifications, routes, mails], [[], [], []])
        assert.deepStrictEqual(yield* pushed(ada), [])
        yield* sql.withTransaction(submit(intent))
        assert.strictEqual((yield* pushed(ada))[0]?.sequence, 1n)
        assert.strictEqual((yield* traces("undone")).mails.length, 1)
      })
    )

    it.effect("what is malformed is put aside, and the producer's transaction goes on", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM backend.notification_malformed_intents`
        const ada = yield* account()
        const good = yield* turn
        const base = {
          kind: "game.turn.ready",
          idempotencyKey: "bad",
          recipients: [ada],
          payload: good as codec.JsonObject
        }
        const cyclic: Record<string, unknown> = { ...good }
        cyclic["self"] = cyclic
        const cases: ReadonlyArray<readonly [object, RegExp]> = [
          [{ kind: "game.turn.late" }, /^unknown kind$/],
          [{ kind: "toString" }, /^unknown kind$/],
          [{ kind: "game\u0000" }, /^unknown kind$/],
          [{ payload: {} }, /game_id/],
          [{ payload: { ...good, turn: "3" } }, /turn/],
          [{ payload: { ...good, turn: 1.5 } }, /turn/],
          [{ payload: { ...good, turn: 2 ** 31 } }, /turn/],
          [{ payload: { ...good, game_id: "g" } }, /game_id/],
          [{ payload: { ...good, game_id: null } }, /game_id/],
          [{ payload: { ...good, note: "a\u0000b" } }, /stored/],
          [{ payload: { ...good, note: ["\ud800"] } }, /stored/],
          [{ payload: { ...good, "\udc00": 1 } }, /stored/],
          [{ payload: { ...good, note: "x".repeat(70_000) } }, /too large/],
          [{ payload: cyclic }, /stack/],
          [{ payload: undefined }, /payload/],
          [{ idempotencyKey: "" }, /idempotency key/],
          [{ idempotencyKey: "k".repeat(201) }, /idempotency key/],
          [{ idempotencyKey: "k\u0000" }, /idempotency key/],
          [{ recipients: ["someone"] }, /recipients/],
          [{ recipients: [ada.toUpperCase()] }, /recipients/],
          [{ recipients: undefined }, /recipients/]
        ]
        for (const [wrong, reason] of cases) {
          yield* sql.withTransaction(
            Effect.gen(function* () {
              yield* submit({ ...base, ...wrong })
              // The transaction still takes statements.
              yield* sql`SELECT 1`
            })
          )
          const [found, ...more] = yield* malformed
          yield* sql`DELETE FROM backend.notification_malformed_intents`
          assert.deepStrictEqual(more, [])
          assert.match(found?.reason ?? "", reason)
          const { kind, idempotency_key, recipients, payload } = found?.payload ?? {}
          assert.strictEqual(kind, "kind" in wrong ? String(wrong.kind).replace("\u0000", "\uFFFD") : base.kind)
          if (!("idempotencyKey" in wrong)) assert.strictEqual(idempotency_key, "bad")
          assert.strictEqual(recipients, "recipients" in wrong && wrong.recipients === undefined ? 0 : 1)
          assert.isAtMost(payload?.length ?? 0, 4_000)
          if (!("payload" in wrong)) assert.strictEqual(payload, JSON.stringify(good))
        }
        assert.deepStrictEqual(yield* pushed(ada), [])
        assert.deepStrictEqual((yield* traces("bad")).notifications, [])
      })
    )

    it.effect("a malformed intent that can't even be put aside fails nobody", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const ada = yield* account()
        yield* sql`ALTER TABLE backend.notification_malformed_intents RENAME TO elsewhere`
        yield* sql
          .withTransaction(
            Effect.gen(function* () {
              yield* submit({ kind: "unheard.of", idempotencyKey: "lost", recipients: [ada], payload: {} })
              yield* submit({
                kind: "game.turn.ready",
                idempotencyKey: "kept",
                recipients: [ada],
                payload: yield* turn
              })
            })
          )
          .pipe(
            Effect.ensuring(Effect.orDie(sql`ALTER TABLE backend.elsewhere RENAME TO notification_malformed_intents`))
          )
        assert.strictEqual((yield* pushed(ada)).length, 1)
      })
    )
  })
})

onPostgres((database) => {
  layer(services.pipe(Layer.provideMerge(database)), { timeout: "240 seconds" })(
    "Notifications under concurrency",
    (it) => {
      it.effect("of many who invite one player at once, none gets a mail past the limit", () =>
        Effect.gen(function* () {
          const ada = yield* account()
          const flooder = yield* newId
          yield* Effect.forEach(Array.from({ length: 30 }), () => invites(flooder, [ada]), { concurrency: 10 })
          assert.deepStrictEqual(yield* mailsOf(ada), { mailed: 5, skipped: 25 })
        })
      )

      it.effect("fifty who tell the same fact tell it once", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const users = yield* Effect.all(Array.from({ length: 4 }, () => account()))
          const payload = yield* invite
          const told = Effect.forEach(
            Array.from({ length: 50 }, (_, index) => index),
            (index) => {
              const recipients = index % 2 === 0 ? users : users.toReversed()
              const submitted = submit({ kind: "lobby.invite.received", idempotencyKey: "race", recipients, payload })
              // Some in a transaction of their own that fails after all.
              return index % 10 === 9
                ? Effect.ignore(sql.withTransaction(Effect.andThen(submitted, Effect.fail("no"))))
                : submitted
            },
            { concurrency: 50 }
          )
          yield* told
          const { notifications, routes, mails } = yield* traces("race")
          assert.deepStrictEqual([notifications.length, routes.length, mails.length], [1, 8, 4])
          for (const user of users) {
            assert.deepStrictEqual(
              (yield* pushed(user)).map((it) => it.sequence),
              [1n]
            )
          }
        })
      )

      it.effect("different facts for the same players at once: each player's numbers have no hole", () =>
        Effect.gen(function* () {
          const users = yield* Effect.all(Array.from({ length: 6 }, () => account()))
          yield* Effect.forEach(
            Array.from({ length: 30 }, (_, index) => index),
            Effect.fnUntraced(function* (index) {
              const recipients = index % 2 === 0 ? users : users.toReversed()
              yield* submit({
                kind: "game.turn.ready",
                idempotencyKey: `fact-${index}`,
                recipients,
                payload: yield* turn
              })
            }),
            { concurrency: 30 }
          )
          for (const user of users) {
            assert.deepStrictEqual(
              (yield* pushed(user)).map((it) => Number(it.sequence)),
              Array.from({ length: 30 }, (_, index) => index + 1)
            )
          }
        })
      )
    }
  )
})
