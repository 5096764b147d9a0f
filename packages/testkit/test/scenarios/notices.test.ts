/** What a player is told: on the stream, in the list of notices, by mail; and how they stop the mails. */
import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { player, signIn } from "@galaxy/testkit/players"
import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"

const patiently = { times: 600, schedule: Schedule.spaced("25 millis") }

const invitesTo = (email: string) =>
  Effect.map(
    Effect.flatMap(TestGalaxy.Galaxy, (it) => it.mails),
    (mails) => mails.filter((it) => it.to === email && it.subject === "You are invited to a game of Galaxy")
  )

const answerOf = (url: string, init: RequestInit) =>
  Effect.promise(async () => {
    const response = await fetch(url, init)
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() }
  })

layer(TestGalaxy.layer(), { timeout: "240 seconds", excludeTestServices: true })("notices", (it) => {
  it.effect("an invite is an event, a notice and a mail, whose kind one click stops", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const [owner, guest] = [yield* signIn("Ann"), yield* player("Bob")]
      const invite = (game_name: string) =>
        Effect.gen(function* () {
          const { game_id } = yield* owner.client.call("lobby.games.create", {
            game_name,
            min_players: 2,
            max_players: 2,
            turn_schedule: "0 * * * *",
            time_zone: "UTC"
          })
          yield* owner.client.call("lobby.games.open_enrollment", { game_id })
          return yield* owner.client.call("lobby.invites.issue", { game_id, invited_user_id: guest.userId })
        })

      const first = yield* invite("Orion Arm")
      const event = yield* guest.events.next((it) => it.kind === "lobby.invite.received", "the invite")
      const { notices } = yield* guest.client.call("user.notices.list", {})
      assert.deepStrictEqual(
        notices.map(({ sequence, kind, payload, read }) => ({ sequence, kind, payload, read })),
        [{ sequence: event.sequence, kind: event.type, payload: { ...event.payload }, read: false }]
      )
      assert.strictEqual(event.payload.game_name, "Orion Arm")
      assert.strictEqual(event.payload.invite_id, first.invite_id)
      assert.deepStrictEqual(yield* guest.client.call("user.notices.read", { up_to: event.sequence }), { unread: 0 })

      const [mail] = yield* invitesTo(guest.email).pipe(
        Effect.filterOrFail((it) => it.length === 1),
        Effect.retry(patiently)
      )
      const link = new URL(mail?.unsubscribe ?? "http://nowhere")
      // The testkit's backend doesn't know where its gateway listens.
      const url = `${galaxy.gatewayUrl}${link.pathname}${link.search}`
      const page = yield* answerOf(url, { headers: { accept: "text/html" } })
      assert.deepStrictEqual([page.status, page.type], [200, "text/html; charset=utf-8"])
      assert.deepStrictEqual((yield* guest.client.call("user.account.get", {})).mail_kinds_off, [])
      const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" })
      const done = yield* answerOf(url, { method: "POST", body })
      assert.deepStrictEqual([done.status, JSON.parse(done.text)], [200, { kind: "lobby.invite.received" }])
      assert.deepStrictEqual((yield* guest.client.call("user.account.get", {})).mail_kinds_off, [
        "lobby.invite.received"
      ])
      const wrong = yield* answerOf(`${url.slice(0, -4)}AAAA`, { method: "POST" })
      assert.strictEqual(wrong.status, 400)

      yield* invite("Perseus Arm")
      yield* guest.events.next((it) => it.kind === "lobby.invite.received", "the second invite")
      assert.lengthOf(yield* invitesTo(guest.email), 1)
    })
  )
})
