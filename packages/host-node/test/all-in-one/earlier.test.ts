/**
 * What an earlier version has written is read by this one: `fixtures/folder-1.tar.br` is the data folder that the first
 * version left, with accounts, a game at turn 1 with orders, a game that enrols, mails and keys.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import * as AllInOne from "@galaxy/host-node/all-in-one/AllInOne"
import { Platform } from "@galaxy/host-node/processes/Platform"
import { Data, Effect, Layer, Logger, Schedule } from "effect"
import { assert, it } from "vitest"
import { unpack } from "./fixtures/unpack.ts"

interface Story {
  readonly players: { readonly ada: string; readonly lin: string }
  readonly game_id: string
  readonly enrolling: string
  readonly invite: { readonly invite_id: string; readonly code: string }
}

/** A slow machine takes its time to bring an engine up; what can't be answered until then is asked again. */
class NotThere extends Data.TaggedError("NotThere")<{ readonly message: string }> {}

const patiently = <A, E extends { readonly _tag: string }, R>(call: Effect.Effect<A, E, R>) =>
  Effect.retry(call, {
    while: (error) => error._tag === "Unavailable",
    times: 200,
    schedule: Schedule.spaced("200 millis")
  })

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"))

it("a data folder of the first version goes on: accounts, mails, games and their turns", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-earlier-"))
  try {
    unpack(new URL("./fixtures/folder-1.tar.br", import.meta.url), folder)
    const story = readJson(join(folder, "story.json")) as Story
    // Killed, it left its locks.
    writeFileSync(join(folder, "galaxy.lock"), "4194999 1234")
    writeFileSync(join(folder, "games", story.game_id, "lock"), "4194999 1234@00000000-0000-0000-0000-000000000000\n")
    await Effect.runPromise(
      Effect.gen(function* () {
        const { gatewayUrl, backendUrl, mailPageUrl, mailPageKey, adminUser, adminPassword } = yield* Platform
        assert.strictEqual(
          adminPassword,
          (readJson(join(folder, "keys.json")) as Record<string, string>)["admin_password"]
        )
        const player = (name: keyof Story["players"], seed: number) =>
          GalaxyClient.make({
            baseUrl: gatewayUrl,
            session: {
              deviceSessionId: DeviceSessionId.make(story.players[name]),
              key: DeviceKey.fromSeed(new Uint8Array(32).fill(seed))
            }
          })
        const ada = yield* player("ada", 1)
        const lin = yield* player("lin", 2)

        const account = yield* ada.call("user.account.get", {})
        assert.strictEqual(account.email, "ada@example.org")
        const page = yield* Effect.promise(() =>
          fetch(mailPageUrl, { headers: { authorization: `Bearer ${mailPageKey}` } }).then((it) => it.text())
        )
        assert.include(page, "ada@example.org")

        const { game_id, enrolling, invite } = story
        const game = yield* ada.call("lobby.games.get", { game_id })
        assert.deepInclude(game, { game_name: "Two", status: "running", current_turn: 1 })
        const ordered = yield* patiently(ada.call("user.games.order.get", { game_id, turn: 1 }))
        assert.deepStrictEqual(ordered.orders, [{ op: "peace", race: "Lyrans" }])

        const authorization = `Basic ${Buffer.from(`${adminUser}:${adminPassword}`).toString("base64")}`
        const forced = yield* Effect.promise(() =>
          fetch(`${backendUrl}/api/v1/admin/runtimes/${game_id}/force-next-turn`, {
            method: "POST",
            headers: { authorization, "content-type": "application/json" },
            body: "{}"
          })
        )
        assert.strictEqual(forced.status, 200)
        yield* lin.call("lobby.games.get", { game_id }).pipe(
          Effect.filterOrFail(
            (it) => it.current_turn === 2,
            (it) => new NotThere({ message: `the game is ${it.status} at turn ${it.current_turn}` })
          ),
          Effect.retry({ times: 2_000, schedule: Schedule.spaced("50 millis") })
        )
        for (const turn of [0, 1, 2]) {
          assert.strictEqual((yield* patiently(lin.call("user.games.report", { game_id, turn }))).turn, turn)
        }

        yield* lin.call("lobby.invites.redeem", { game_id: enrolling, ...invite, race_name: "Lyrans" })
        const joined = yield* lin.call("lobby.games.get", { game_id: enrolling })
        assert.strictEqual(joined.status, "enrollment_open")
      }).pipe(
        Effect.provide(AllInOne.layer(AllInOne.onFreePorts(folder)).pipe(Layer.provideMerge(Logger.layer([])))),
        Effect.scoped
      )
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 240_000)
