import { createGalaxy } from "@galaxy/embed/Galaxy"
import { GalaxyClosed } from "@galaxy/embed/errors"
import { ChannelDeferred, type ChannelMessage, ChannelRejected, kind, NotificationRefused } from "@galaxy/embed/kinds"
import { CallRefused } from "@galaxy/embed/lobby"
import { StatementRefused, TransactionOver } from "@galaxy/embed/transaction"
import { Schema } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  account,
  asGateway,
  database,
  type Door,
  impatient,
  type On,
  optionsOf,
  Seen,
  serverUrl,
  token
} from "./fixture.ts"

const match = Schema.toStandardSchemaV1(Schema.Struct({ title: Schema.NonEmptyString }))

const kinds = {
  "club.match": kind({
    payload: match,
    channels: ["chat"],
    mail: {
      en: ({ title }) => ({ subject: `${title}\nis on`, text: "Hello.\n\nCome!" }),
      de: ({ title }) => ({ subject: `${title} steht an`, text: "Hallo." })
    }
  }),
  "club.quiet": kind({ payload: match, push: false, channels: ["chat"] }),
  "club.plain": kind({ payload: match })
} as const

const admin = { user: "root", password: "a-long-password" }

interface Delivery {
  readonly delivery_id: string
  readonly user_id: string
}

/** A Galaxy with kinds, and a channel that behaves as told. */
const club = async (on: On, chat: (message: ChannelMessage) => unknown = () => undefined) => {
  const seen = new Seen()
  const messages: Array<ChannelMessage> = []
  const galaxy = await createGalaxy({
    ...optionsOf(on, seen, { ...impatient, admin }),
    kinds,
    channels: {
      chat: async (message) => {
        messages.push(message)
        seen.changed()
        return chat(message)
      }
    }
  })
  const deliveries = (key: string) => galaxy.sql<{ status: string; attempts: number; reason: string | null }>`
    SELECT d.status, d.attempts, d.reason FROM backend.channel_deliveries d
    JOIN backend.notifications n USING (notification_id) WHERE n.idempotency_key = ${key}`
  /** The one delivery of a key, once it is over. */
  const settled = async (key: string) => {
    for (;;) {
      const [found] = await deliveries(key)
      if (found !== undefined && found.status !== "pending" && found.status !== "retrying") return found
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { galaxy, seen, messages, deliveries, settled, [Symbol.asyncDispose]: () => galaxy.close() }
}

describe.skipIf(serverUrl === undefined).each<Door>(["a URL", "a pool"])(
  "a program with things of its own, by %s",
  (door) => {
    const made = database(door)
    const state: { chat: (message: ChannelMessage) => unknown; club: Awaited<ReturnType<typeof club>> } = {
      chat: () => undefined,
      club: undefined as never
    }
    beforeAll(async () => {
      if (serverUrl !== undefined) state.club = await club(made.door, (message) => state.chat(message))
    })
    afterAll(() => state.club?.galaxy.close())

    describe("notifications of one's own", () => {
      it("reach a player by event, mail and channel, once for each key", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "ada", "de-AT")
        const told = { userId, key: "match-1", payload: { title: "Final" } }
        await it.galaxy.notify("club.match", told)
        await it.galaxy.notify("club.match", told)

        expect(await it.settled("match-1")).toEqual({ status: "sent", attempts: 1, reason: null })
        expect(it.messages.filter(({ key }) => key === "match-1")).toMatchObject([
          {
            kind: "club.match",
            key: "match-1",
            payload: { title: "Final" },
            user: { userId, email: "ada@example.org", language: "de-AT" },
            attempt: 1
          }
        ])
        const mail = await it.seen.until(() => it.seen.mails.find(({ to }) => to === "ada@example.org"))
        expect(mail.subject).toBe("Final steht an")
        const events = await it.galaxy.sql<{ payload: Uint8Array }>`
      SELECT payload FROM backend.push_events WHERE user_id = ${userId} AND kind = 'club.match'`
        expect(events.map((event) => JSON.parse(new TextDecoder().decode(event.payload)) as unknown)).toEqual([
          { title: "Final" }
        ])
      })

      it("have subjects of one line, in English for everybody else", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "lin", "ru")
        await it.galaxy.notify("club.match", { userId, key: "match-2", payload: { title: "Final" } })
        const mail = await it.seen.until(() => it.seen.mails.find(({ to }) => to === "lin@example.org"))
        expect(mail.subject).toBe("Final is on")
        expect(mail.text).toMatch(/^Hello\.\n\nCome!\n\n/)
      })

      it("go only the ways of their kind", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "bo")
        await it.galaxy.notify("club.quiet", { userIds: [userId], key: "quiet-1", payload: { title: "x" } })
        await it.galaxy.notify("club.plain", { userId, key: "plain-1", payload: { title: "x" } })
        expect(await it.settled("quiet-1")).toMatchObject({ status: "sent" })
        const events = await it.galaxy.sql`SELECT kind FROM backend.push_events WHERE user_id = ${userId}`
        expect(events).toEqual([{ kind: "club.plain" }])
        expect(await it.deliveries("plain-1")).toEqual([])
        expect(it.seen.mails.filter(({ to }) => to === "bo@example.org")).toEqual([])
      })

      it("are tried again by a channel that defers or throws, and are dead letters where it rejects", async () => {
        const it = state.club
        state.chat = ({ key, attempt, user }) => {
          if (key === "no") throw new ChannelRejected("410")
          if (key === "yes" && attempt === 1) throw new ChannelDeferred("503")
          if (key === "yes" && attempt === 2) throw new TypeError(`no route to ${user.email}`)
        }
        const userId = await account(it.galaxy, "cy")
        await it.galaxy.notify("club.quiet", { userId, key: "yes", payload: { title: "x" } })
        await it.galaxy.notify("club.quiet", { userId, key: "no", payload: { title: "x" } })
        expect(await it.settled("yes")).toEqual({ status: "sent", attempts: 3, reason: null })
        expect(await it.settled("no")).toEqual({ status: "dead_lettered", attempts: 1, reason: "410" })
        expect(new Set(it.messages.filter(({ key }) => key === "yes").map((it) => it.deliveryId)).size).toBe(1)
        expect(JSON.stringify(it.seen.lines)).not.toContain("cy@example.org")
      })

      it("are sent again by an operator after they were given up, and by nobody else", async () => {
        const it = state.club
        state.chat = () => {
          throw new ChannelRejected("410")
        }
        const userId = await account(it.galaxy, "gil")
        await it.galaxy.notify("club.quiet", { userId, key: "given-up", payload: { title: "x" } })
        await it.settled("given-up")
        const authorization = `Basic ${btoa(`${admin.user}:${admin.password}`)}`
        const ask = async (path: string, headers: Record<string, string>, method = "GET") => {
          const request = new Request(`http://galaxy/api/v1/admin/notifications/${path}`, {
            method,
            headers: { ...headers, "content-type": "application/json" }
          })
          const answer = await it.galaxy.fetch(request)
          return { status: answer.status, body: (await answer.json()) as { deliveries?: ReadonlyArray<Delivery> } }
        }
        const { body } = await ask("channel-dead-letters", { authorization })
        const letter = body.deliveries?.find(({ user_id }) => user_id === userId)
        expect(letter).toMatchObject({
          kind: "club.quiet",
          channel: "chat",
          status: "dead_lettered",
          attempts: 1,
          reason: "410"
        })
        const again = `channel-deliveries/${letter?.delivery_id}/resend`
        expect(await ask(again, { "x-user-id": userId, "x-gateway-token": token }, "POST")).toMatchObject({
          status: 401
        })
        state.chat = () => undefined
        expect(await ask(again, { authorization }, "POST")).toMatchObject({
          status: 200,
          body: { status: "pending", attempts: 0 }
        })
        expect(await it.settled("given-up")).toEqual({ status: "sent", attempts: 1, reason: null })
        expect(await ask(again, { authorization }, "POST")).toMatchObject({
          status: 409,
          body: { error: { code: "conflict", reason: "sent_already" } }
        })
        const audited = await it.galaxy.sql`SELECT 1 FROM backend.audit_log WHERE action = 'notification.redeliver'`
        expect(audited).toHaveLength(1)
      })

      it("are no mails for a player who has switched off those of the kind, by settings or by the link", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "hal")
        const settings = (mail_kinds_off: ReadonlyArray<string>) =>
          it.galaxy.fetch(
            new Request("http://galaxy/api/v1/user/account/settings", {
              method: "PATCH",
              headers: { "x-gateway-token": token, "x-user-id": userId, "content-type": "application/json" },
              body: JSON.stringify({ mail_kinds_off })
            })
          )
        expect((await settings(["club.nothing"])).status).toBe(400)
        expect((await settings(["club.match", "game.started"])).status).toBe(200)
        await it.galaxy.notify("club.match", { userId, key: "off-1", payload: { title: "Final" } })
        await it.settled("off-1")
        expect(it.seen.mails.filter(({ to }) => to === "hal@example.org")).toEqual([])

        expect((await settings([])).status).toBe(200)
        await it.galaxy.notify("club.match", { userId, key: "off-2", payload: { title: "Final" } })
        const mail = await it.seen.until(() => it.seen.mails.find(({ to }) => to === "hal@example.org"))
        const link = new URL(mail.unsubscribe ?? "")
        const stopped = await it.galaxy.fetch(
          new Request(`http://galaxy${link.pathname}${link.search}`, {
            method: "POST",
            headers: { "x-gateway-token": token }
          })
        )
        expect(await stopped.json()).toEqual({ kind: "club.match" })
        expect(await it.galaxy.sql`SELECT mail_kinds_off FROM backend.accounts WHERE user_id = ${userId}`).toEqual([
          { mail_kinds_off: ["club.match"] }
        ])
      })

      it("are skipped for a player who may not act", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "ed")
        await it.galaxy.sql`UPDATE backend.accounts SET deleted_at = now() WHERE user_id = ${userId}`
        await it.galaxy.notify("club.quiet", { userId, key: "gone", payload: { title: "x" } })
        expect(await it.deliveries("gone")).toEqual([])
      })

      it("are refused as a whole where something is wrong with them", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "flo")
        const good = { userId, key: "k", payload: { title: "x" } }
        const refused = (promise: Promise<void>) => expect(promise).rejects.toBeInstanceOf(NotificationRefused)
        await refused(it.galaxy.notify("club.quiet", { ...good, payload: { title: "" } }))
        await refused(it.galaxy.notify("club.quiet", { ...good, key: "" }))
        await refused(it.galaxy.notify("club.quiet", { ...good, userId: "nobody" }))
        await refused(it.galaxy.notify("club.quiet", { ...good, userId: [userId] as unknown as string }))
        await refused(it.galaxy.notify("game.started" as "club.quiet", good))
        expect(await it.galaxy.sql`SELECT 1 FROM backend.notifications WHERE idempotency_key = 'k'`).toEqual([])
        expect(await it.galaxy.sql`SELECT 1 FROM backend.notification_malformed_intents`).toEqual([])
      })
    })

    describe("tables and routes of one's own", () => {
      const settings = { game_name: "Final", min_players: 2, max_players: 4, turn_schedule: "0 6 * * *" }

      it("share a transaction with the lobby and notifications", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "ann")
        await it.galaxy.sql`CREATE SCHEMA club`
        await it.galaxy.sql`CREATE TABLE club.matches (game_id uuid PRIMARY KEY, title text NOT NULL)`
        const game = await it.galaxy.transaction(async ({ sql, lobby, notify }) => {
          const made = await lobby.create(userId, settings)
          await sql`INSERT INTO club.matches (game_id, title) VALUES (${made.game_id}, 'Final')`
          await notify("club.quiet", { userId, key: made.game_id, payload: { title: "Final" } })
          return made
        })
        expect(await it.galaxy.sql`SELECT title FROM club.matches WHERE game_id = ${game.game_id}`).toEqual([
          { title: "Final" }
        ])
        expect(await it.galaxy.lobby.get(userId, game.game_id)).toMatchObject({ game_name: "Final", status: "draft" })
        expect(await it.settled(game.game_id)).toMatchObject({ status: "sent" })

        const fault = new Error("changed my mind")
        const undone = it.galaxy.transaction(async ({ sql, lobby, notify }) => {
          const other = await lobby.create(userId, settings)
          await sql`INSERT INTO club.matches (game_id, title) VALUES (${other.game_id}, 'Undone')`
          await notify("club.quiet", { userId, key: "undone", payload: { title: "x" } })
          throw fault
        })
        await expect(undone).rejects.toBe(fault)
        expect(await it.galaxy.sql`SELECT 1 FROM club.matches WHERE title = 'Undone'`).toEqual([])
        expect(await it.galaxy.sql`SELECT 1 FROM backend.games WHERE owner_user_id = ${userId}`).toHaveLength(1)
        expect(await it.deliveries("undone")).toEqual([])
      })

      it("see calls of a transaction in turn, and none after its end", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "ben")
        let late: (() => Promise<unknown>) | undefined
        const seen = await it.galaxy.transaction(async ({ sql, lobby }) => {
          late = () => sql`SELECT 1`
          // The count sees a game only if the call before it is over.
          const [first, [counted]] = await Promise.all([
            lobby.create(userId, { ...settings, game_name: "A" }),
            sql<{ games: number }>`SELECT count(*)::int AS games FROM backend.games WHERE owner_user_id = ${userId}`
          ])
          const refused = lobby.start(userId, first.game_id)
          const second = lobby.create(userId, { ...settings, game_name: "B" })
          await expect(refused).rejects.toMatchObject({ reason: "wrong_state" })
          // Nobody waits for this one, and it is part of the transaction all the same.
          void sql`UPDATE backend.accounts SET time_zone = 'Europe/Berlin' WHERE user_id = ${userId}`
          return [counted?.games, first.game_name, (await second).game_name]
        })
        expect(seen).toEqual([1, "A", "B"])
        expect(await it.galaxy.sql`SELECT 1 FROM backend.games WHERE owner_user_id = ${userId}`).toHaveLength(2)
        const rows = await it.galaxy.sql`SELECT time_zone FROM backend.accounts WHERE user_id = ${userId}`
        expect(rows).toEqual([{ time_zone: "Europe/Berlin" }])
        await expect(late?.()).rejects.toBeInstanceOf(TransactionOver)
      })

      it("wait for calls to which unawaited ones lead, and are rolled back with them", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "gus")
        const fault = new Error("changed my mind")
        const undone = it.galaxy.transaction(async ({ sql, notify }) => {
          const told = notify("club.quiet", { userId, key: "unawaited", payload: { title: "x" } })
          void told.then(() => sql`UPDATE backend.accounts SET time_zone = 'Asia/Tokyo' WHERE user_id = ${userId}`)
          throw fault
        })
        await expect(undone).rejects.toBe(fault)
        expect(await it.deliveries("unawaited")).toEqual([])

        await it.galaxy.transaction(async ({ sql, notify }) => {
          const told = notify("club.quiet", { userId, key: "unawaited", payload: { title: "x" } })
          void told.then(() => sql`UPDATE backend.accounts SET time_zone = 'Asia/Tokyo' WHERE user_id = ${userId}`)
        })
        expect(await it.galaxy.sql`SELECT time_zone FROM backend.accounts WHERE user_id = ${userId}`).toEqual([
          { time_zone: "Asia/Tokyo" }
        ])
        expect(await it.deliveries("unawaited")).toHaveLength(1)
      })

      it("are told of a notification that is refused in its turn", async () => {
        const wrong = state.club.galaxy.transaction(({ notify }) =>
          notify("club.quiet", { userId: crypto.randomUUID(), key: "k", payload: { title: "" } })
        )
        await expect(wrong).rejects.toBeInstanceOf(NotificationRefused)
      })

      it.each([
        ["a literal", { _tag: "Literal", value: "1); DROP TABLE club.kept --" }],
        ["a name", { _tag: "Identifier", value: "kept" }],
        ["a list", { _tag: "ArrayHelper", value: [1] }],
        ["a fragment", { "~effect/sql/Statement/Fragment": 1, segments: [{ _tag: "Literal", value: "1" }] }],
        ["a driver's parameter", { "~@effect/sql-pg/PgTypes/Parameter": "~@effect/sql-pg/PgTypes/Parameter", oid: 23 }],
        ["one in a list", [{ _tag: "Literal", value: "1" }]],
        ["a list in a list", [["1"]]],
        ["a document", { title: "Final" }]
      ])("see no SQL in a value that is %s", async (_, forged) => {
        const it = state.club
        await expect(it.galaxy.sql`SELECT ${forged} AS value`).rejects.toBeInstanceOf(StatementRefused)
        const inside = it.galaxy.transaction(({ sql }) => sql`SELECT ${forged} AS value`)
        await expect(inside).rejects.toBeInstanceOf(StatementRefused)
      })

      it("get values as they gave them", async () => {
        const at = new Date(86_400_000)
        const bytes = Uint8Array.of(1, 2)
        const json = { _tag: "Literal", value: "1" }
        const [row] = await state.club.galaxy.sql`
        SELECT ${"'; --"}::text AS text, ${1n} AS big, ${true} AS yes, ${null}::text AS none, ${undefined}::text AS missing,
          ${at} AS at, ${bytes} AS bytes, ${["a", "b"]} AS list, ${JSON.stringify(json)}::text::jsonb AS json`
        const same = { text: "'; --", big: 1n, yes: true, none: null, missing: null, at, bytes, list: ["a", "b"], json }
        expect(row).toEqual(same)
      })

      it("get the lobby's refusals with their code and reason", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "cleo")
        const refusal = (promise: Promise<unknown>) => promise.catch((cause: unknown) => cause)
        const missing = await refusal(it.galaxy.lobby.get(userId, crypto.randomUUID()))
        expect(missing).toBeInstanceOf(CallRefused)
        expect(missing).toMatchObject({ code: "not_found" })
        const malformed = await refusal(it.galaxy.lobby.create(userId, { ...settings, turn_schedule: "never" }))
        expect(malformed).toMatchObject({ code: "invalid_request" })
        const game = await it.galaxy.lobby.create(userId, settings)
        const early = await refusal(it.galaxy.lobby.start(userId, game.game_id))
        expect(early).toMatchObject({ code: "conflict", reason: "wrong_state" })
      })

      it("learn who calls, or that nobody does", async () => {
        const it = state.club
        const userId = await account(it.galaxy, "dan")
        const session = crypto.randomUUID()
        const from = (headers: Record<string, string>) => it.galaxy.caller(asGateway("/club", undefined, headers))
        expect(await from({ "x-user-id": userId, "x-device-session-id": session })).toEqual({
          userId,
          deviceSessionId: session
        })
        expect(await from({ "x-user-id": userId, "x-gateway-token": `${token}!` })).toBeNull()
        expect(await from({ "x-user-id": crypto.randomUUID() })).toBeNull()
        expect(await from({})).toBeNull()
        await it.galaxy.sql`UPDATE backend.accounts SET deleted_at = now() WHERE user_id = ${userId}`
        expect(await from({ "x-user-id": userId })).toBeNull()
      })
    })

    describe("kinds, as a Galaxy starts and ends,", () => {
      // Only one backend at a time works on a database.
      beforeAll(() => state.club?.galaxy.close())

      it("survive the end of the program that was to deliver them", async () => {
        const first = await club(made.door, () => new Promise(() => undefined))
        const userId = await account(first.galaxy, "di")
        await first.galaxy.notify("club.quiet", { userId, key: "later", payload: { title: "x" } })
        await first.seen.until(() => first.messages[0])
        await first.galaxy.close({ timeoutMs: 200 })
        await using second = await club(made.door)
        // Its lease is over.
        await second.galaxy.sql`
      UPDATE backend.channel_deliveries SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL`
        expect(await second.settled("later")).toEqual({ status: "sent", attempts: 2, reason: null })
      })

      it("are told when the Galaxy is closed", async () => {
        const it = await club(made.door)
        await it.galaxy.close()
        await expect(it.galaxy.sql`SELECT 1`).rejects.toBeInstanceOf(GalaxyClosed)
        await expect(it.galaxy.transaction(async () => 1)).rejects.toBeInstanceOf(GalaxyClosed)
      })

      it.each([
        ["a name of ours", { "game.match": kinds["club.plain"] }, `begin with "game."`],
        ["a name without a dot", { match: kinds["club.plain"] }, "club.match"],
        ["a channel that is missing", { "club.match": kinds["club.match"] }, `channel "chat"`]
      ])("don't start with %s", async (_, wrong, words) => {
        await expect(createGalaxy({ ...optionsOf(made.door), kinds: wrong })).rejects.toMatchObject({
          code: "invalid_options",
          message: expect.stringContaining(words)
        })
      })
    })
  }
)
