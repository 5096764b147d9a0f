/** Mails and their notifications on the whole backend: given up, sent again, switched off. */
import { unsubscribePath } from "@galaxy/contract/api/PublicMail"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { MemoryMail } from "@galaxy/core/mail/MemoryMailTransport"
import { MailRejected } from "@galaxy/core/mail/MailTransport"
import { Notifications } from "@galaxy/core/notification/Notifications"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { platformOn, refusalOf, surfaces, user } from "../http/platform.ts"

const started = Effect.fnUntraced(function* (recipients: ReadonlyArray<UserId>) {
  const key = yield* newId
  const payload = { game_id: yield* newId, game_name: `Game <b>"${key}"</b>` }
  yield* (yield* Notifications).submit({ kind: "game.started", idempotencyKey: key, recipients, payload })
  return key
})

const routes = Effect.fnUntraced(function* (key: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ user: string | null; status: string; letters: number }>`
    SELECT r.user_id AS "user", r.status,
      (SELECT count(*)::int FROM backend.notification_dead_letters l WHERE l.route_id = r.route_id) AS letters
    FROM backend.notification_routes r JOIN backend.notifications n USING (notification_id)
    WHERE r.channel = 'email' AND (n.idempotency_key = ${key} OR n.payload ->> 'delivery_id' = ${key})`
})

const until = <A, E, R>(look: Effect.Effect<A, E, R>, fits: (it: A) => boolean) =>
  Effect.gen(function* () {
    const end = performance.now() + 30_000
    for (;;) {
      const seen = yield* look
      if (fits(seen)) return seen
      if (performance.now() > end) assert.fail(`never: ${JSON.stringify(seen)}`)
      yield* Effect.sleep("10 millis")
    }
  })

/** The mail to an address, once the worker has sent it. */
const mailTo = Effect.fnUntraced(function* (to: string) {
  const memory = yield* MemoryMail
  const mails = yield* until(memory.offered, (all) => all.some((it) => it.to === to))
  return mails.filter((it) => it.to === to)
})

eachDatabase((name, database) => {
  const platform = platformOn(database, { adminEmail: "ops@example.org", publicUrl: "https://galaxy.example.org/" }, [
    "mail"
  ])
  layer(platform, { timeout: "120 seconds", excludeTestServices: true })(`fate of mails on ${name}`, (it) => {
    it.effect("a mail has text, HTML with everything escaped, and a link that stops its kind for its reader", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const [ada, lin] = [yield* user, yield* user]
        const key = yield* started([ada.user, lin.user])
        const [mail] = yield* mailTo(`${ada.user}@example.org`)
        assert.strictEqual(mail?.subject, `The game has started: Game <b>"${key}"</b>`)
        assert.include(mail?.text, `The game "Game <b>"${key}"</b>" has started.`)
        assert.include(mail?.html, `Game &lt;b&gt;&quot;${key}&quot;&lt;/b&gt;`)
        assert.notInclude(mail?.html ?? "", "<b>")
        const link = mail?.unsubscribe ?? ""
        assert.isTrue(link.startsWith(`https://galaxy.example.org${unsubscribePath}?token=`), link)
        assert.include(mail?.text, link)
        assert.include(mail?.html, `href="${link}"`)
        const token = link.split("token=")[1] ?? ""
        const stop = (it: string) => call("gateway", "POST", `${unsubscribePath}?token=${it}`)
        // Whoever changes a token, or has none, stops nothing.
        const last = token.endsWith("A") ? "B" : "A"
        for (const it of [`${token.slice(0, -1)}${last}`, token.slice(1), "A", `${token}AA`]) {
          assert.strictEqual(refusalOf(yield* stop(it)), "invalid_request", it)
        }
        for (const _ of [1, 2]) {
          const done = yield* stop(token)
          assert.deepStrictEqual([done.status, done.body], [200, { kind: "game.started" }])
        }
        const again = yield* started([ada.user, lin.user])
        const told = yield* routes(again)
        const statusOf = new Map(told.map((it) => [it.user, it.status]))
        assert.deepStrictEqual([statusOf.get(ada.user), statusOf.get(lin.user)], ["skipped", "enqueued"])
        // Mail programs send a form of their own, and it is ignored.
        const form = yield* call("gateway", "POST", `${unsubscribePath}?token=${token}`, "List-Unsubscribe=One-Click", {
          "content-type": "application/x-www-form-urlencoded"
        })
        assert.strictEqual(form.status, 200)
      }).pipe(Effect.scoped)
    )

    it.effect("a mail that is given up fails its route and tells operators once, who aren't told of their own", () =>
      Effect.gen(function* () {
        const memory = yield* MemoryMail
        const sql = yield* SqlClient.SqlClient
        const ada = yield* user
        yield* memory.answer(() => Effect.fail(new MailRejected({ reason: "550 5.1.1" })))
        const key = yield* started([ada.user])
        yield* until(routes(key), ([it]) => it?.status === "failed" && it.letters === 1)
        const [delivery] = yield* sql<{ id: string }>`
          SELECT delivery_id AS id FROM backend.mail_deliveries WHERE idempotency_key LIKE ${`${key}:%`}`
        yield* until(routes(delivery?.id ?? ""), ([it]) => it?.status === "failed" && it.letters === 1)
        const about = yield* sql<{ count: number }>`
          SELECT count(*)::int AS count FROM backend.notifications WHERE kind = 'mail.dead_lettered'
            AND payload ->> 'template_id' = 'mail.dead_lettered'`
        assert.deepStrictEqual(about, [{ count: 0 }])
        const told = (yield* memory.offered).find(
          (it) => it.to === "ops@example.org" && it.text.includes(delivery?.id ?? "-")
        )
        assert.include(told?.text, delivery?.id)
        assert.isUndefined(told?.unsubscribe)
      })
    )
  })
})
