import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { Effect, Schedule } from "effect"
import { afterEach, assert, describe, it } from "vitest"
import { Process } from "../processes/Process.ts"

const main = "all-in-one/main"

/** Several starts, each of them slow where the machine is busy: the test looks for what happens, not how soon. */
const patience = 300_000

const folders: Array<string> = []
const processes: Array<Process> = []

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-start-"))
  folders.push(folder)
  return folder
}

const start = (folder: string, more: Readonly<Record<string, string>> = {}) => {
  const started = new Process(main, {
    GALAXY_DATA_DIR: folder,
    GALAXY_MAIL_PAGE_ADDR: ":0",
    GATEWAY_HTTP_ADDR: ":0",
    BACKEND_HTTP_ADDR: ":0",
    BACKEND_GRPC_PUSH_ADDR: ":0",
    ...more
  })
  processes.push(started)
  return started
}

afterEach(async () => {
  for (const it of processes.splice(0)) await it.kill("SIGKILL")
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const addresses = async (process: Process) => {
  const [, gatewayUrl = ""] = await process.until(/Players connect to\s+(\S+)/)
  const [, adminUrl = ""] = await process.until(/Admin API\s+(\S+)/)
  await process.until(/Stop with Ctrl-C/)
  return { gatewayUrl, adminUrl }
}

const signIn = async (process: Process, gatewayUrl: string, name: string) => {
  const key = DeviceKey.fromSeed(crypto.getRandomValues(new Uint8Array(32)))
  const email = `${name}@example.org`
  const challengeId = await Effect.runPromise(PublicEdge.sendEmailCode(gatewayUrl, { email }))
  const [, code = ""] = await process.until(new RegExp(`mail for ${name}@example\\.org\\s+code (\\d{8})`))
  const deviceSessionId = await Effect.runPromise(
    PublicEdge.confirmEmailCode(gatewayUrl, { challengeId, code, key, timeZone: "UTC" })
  )
  return { deviceSessionId, key }
}

const running = (client: GalaxyClient.GalaxyClient, game_id: string, turn: number) =>
  client.call("lobby.games.get", { game_id }).pipe(
    Effect.flatMap((game) =>
      game.status === "running" && game.current_turn === turn
        ? Effect.succeed(game)
        : Effect.fail(`the game is ${game.status} at turn ${game.current_turn}`)
    ),
    Effect.retry({ times: 2_400, schedule: Schedule.spaced("50 millis") }),
    Effect.runPromise
  )

const forceTurn = async (folder: string, adminUrl: string, gameId: string) => {
  const keys = JSON.parse(readFileSync(join(folder, "keys.json"), "utf8")) as {
    readonly admin_user: string
    readonly admin_password: string
  }
  const credentials = Buffer.from(`${keys.admin_user}:${keys.admin_password}`).toString("base64")
  const response = await fetch(`${adminUrl}/runtimes/${gameId}/force-next-turn`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}`, "content-type": "application/json" },
    body: "{}"
  })
  assert.strictEqual(response.status, 200, await response.text())
}

const call = <A, E>(effect: Effect.Effect<A, E>) => Effect.runPromise(effect)

/** A game of two, since one alone would have won with the first turn; its start is asked for and not awaited. */
const newGame = async (client: GalaxyClient.GalaxyClient, other: GalaxyClient.GalaxyClient) => {
  const { game_id } = await call(
    client.call("lobby.games.create", { game_name: "Two", min_players: 2, max_players: 2, turn_schedule: "0 0 1 1 *" })
  )
  await call(client.call("lobby.games.open_enrollment", { game_id }))
  for (const [player, race_name] of [
    [client, "Terrans"],
    [other, "Lyrans"]
  ] as const) {
    const { invite_id, code = "" } = await call(client.call("lobby.invites.issue", { game_id }))
    await call(player.call("lobby.invites.redeem", { game_id, invite_id, code, race_name }))
  }
  await call(client.call("lobby.games.ready_to_start", { game_id }))
  await call(client.call("lobby.games.start", { game_id }))
  return game_id
}

/** Processes of this machine whose command line has the text. */
const processesWith = (text: string): ReadonlyArray<number> =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, "utf8").includes(text)
      } catch {
        return false
      }
    })
    .map(Number)

/** Mails are for whoever has the link of this run, and other users of the machine find nothing that they may read. */
const isClosed = async (first: Process, folder: string) => {
  const [, link = ""] = await first.until(/Caught mails\s+(\S+)/)
  const { origin, searchParams } = new URL(link)
  const authorization = `Bearer ${searchParams.get("key")}`
  for (const path of ["/", "/api/mails"]) {
    assert.strictEqual((await fetch(`${origin}${path}`)).status, 401)
    assert.include(await (await fetch(`${origin}${path}`, { headers: { authorization } })).text(), "ada@example.org")
  }
  assert.strictEqual((await fetch(link, { redirect: "manual" })).status, 303)

  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  for (const part of ["keys.json", "galaxy.log", "database", "games", "mails", "reservations"]) {
    assert.isTrue(files.includes(part), part)
  }
  // Nobody reaches what lies below a closed folder.
  const open = ["", ...readdirSync(folder)].filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)
  assert.isEmpty(open)
  if (process.getuid?.() === 0) {
    for (const name of ["", "keys.json", "galaxy.log", "mails", "games", "database"]) {
      const { status } = spawnSync("ls", [join(folder, name)], { uid: 65_534, gid: 65_534 })
      assert.notStrictEqual(status, 0, name)
    }
  }
  const log = readFileSync(join(folder, "galaxy.log"), "utf8")
  assert.notInclude(log, String(searchParams.get("key")))
}

describe("npm start", () => {
  it("shows what can be set", async () => {
    const help = new Process("all-in-one/main.ts", {}, ["--help"])
    assert.deepStrictEqual(await help.ended, { code: 0, signal: null })
    for (const name of ["GATEWAY_HTTP_ADDR", "GALAXY_DATA_DIR", "OTEL_SERVICE_NAME"]) assert.include(help.output, name)
  })

  it("names every wrong setting and starts nothing", async () => {
    const folder = newFolder()
    const refused = start(folder, { GATEWAY_FRESHNESS_PAST: "soon", BACKEND_HTPP_ADDR: ":1" })
    assert.strictEqual((await refused.ended).code, 2)
    assert.match(refused.output, /^BACKEND_HTPP_ADDR: no such setting; did you mean BACKEND_HTTP_ADDR\?$/m)
    assert.match(refused.output, /^GATEWAY_FRESHNESS_PAST: must be a duration/m)
    assert.isEmpty(readdirSync(folder))
  })

  it("refuses to let the backend listen to the world unprotected", async () => {
    const refused = start(newFolder(), { BACKEND_HTTP_ADDR: "0.0.0.0:0" })
    assert.strictEqual((await refused.ended).code, 2)
    assert.include(refused.output, "BACKEND_GATEWAY_TOKEN")
  })

  it("refuses to show mails beyond this machine", async () => {
    const refused = start(newFolder(), { GALAXY_MAIL_PAGE_ADDR: "0.0.0.0:0" })
    assert.strictEqual((await refused.ended).code, 2)
    assert.include(refused.output, "GALAXY_MAIL_PAGE_ADDR: must be a loopback address")
  })

  it(
    "has its folder to itself: another one is refused, and it ends with a sentence when its lock is taken away",
    async () => {
      const folder = newFolder()
      const process = start(folder)
      await addresses(process)
      const other = start(folder)
      assert.strictEqual((await other.ended).code, 1)
      assert.match(other.output, /another Galaxy \(process \d+\) is using this folder/)
      rmSync(join(folder, ".lock"))
      assert.deepStrictEqual(await process.ended, { code: 1, signal: null })
      assert.match(process.output, /^Galaxy stopped: the lock of .* was removed or replaced .*$/m)
      // It ended on the spot, and a start afterwards finds everything in order.
      const next = start(folder)
      await addresses(next)
      await next.kill("SIGTERM")
    },
    patience
  )

  it(
    "is closed to others, stops on Ctrl-C, engines too, and goes on with its games at the next start",
    async () => {
      const folder = newFolder()
      chmodSync(folder, 0o755)
      const first = start(folder)
      const before = await addresses(first)
      const session = await signIn(first, before.gatewayUrl, "ada")
      const client = await call(GalaxyClient.make({ baseUrl: before.gatewayUrl, session }))
      const lin = await signIn(first, before.gatewayUrl, "lin")
      const other = await call(GalaxyClient.make({ baseUrl: before.gatewayUrl, session: lin }))
      // Another user of this machine reaches the backend, but speaks for no player there.
      const { user_id } = await call(client.call("user.account.get", {}))
      const asAda = { headers: { "x-user-id": user_id } }
      for (const path of ["user/account", `internal/users/${user_id}/events`]) {
        assert.strictEqual((await fetch(before.adminUrl.replace(/admin$/, path), asAda)).status, 401)
      }
      const gameId = await newGame(client, other)
      await running(client, gameId, 0)
      await isClosed(first, folder)
      await forceTurn(folder, before.adminUrl, gameId)
      await running(client, gameId, 1)
      assert.isNotEmpty(processesWith(`GALAXY_STATE_DIR=${folder}`))
      assert.deepStrictEqual(await first.kill("SIGINT"), { code: 0, signal: null })
      assert.notInclude(first.output, "cut off")
      assert.isEmpty(processesWith(folder))

      const second = start(folder)
      const after = await addresses(second)
      const again = await Effect.runPromise(
        GalaxyClient.make({ baseUrl: after.gatewayUrl, session, gatewayKey: client.gatewayKey })
      )
      await running(again, gameId, 1)
      await forceTurn(folder, after.adminUrl, gameId)
      await running(again, gameId, 2)
      const report = await Effect.runPromise(again.call("user.games.report", { game_id: gameId, turn: 2 }))
      assert.strictEqual(report.turn, 2)
    },
    patience
  )

  it(
    "goes on after a kill -9, with one engine a game and no turn lost",
    async () => {
      const folder = newFolder()
      const first = start(folder)
      const before = await addresses(first)
      const session = await signIn(first, before.gatewayUrl, "ada")
      const client = await call(GalaxyClient.make({ baseUrl: before.gatewayUrl, session }))
      const lin = await signIn(first, before.gatewayUrl, "lin")
      const other = await call(GalaxyClient.make({ baseUrl: before.gatewayUrl, session: lin }))
      const gameId = await newGame(client, other)
      // No waiting: the kill falls somewhere into the start of the game.
      await first.kill("SIGKILL")

      const second = start(folder)
      const then = await addresses(second)
      const again = await Effect.runPromise(GalaxyClient.make({ baseUrl: then.gatewayUrl, session }))
      await running(again, gameId, 0)
      await forceTurn(folder, then.adminUrl, gameId)
      await second.kill("SIGKILL")

      const third = start(folder)
      const last = await addresses(third)
      const finally_ = await Effect.runPromise(GalaxyClient.make({ baseUrl: last.gatewayUrl, session }))
      await running(finally_, gameId, 1)
      const engines = processesWith(`GALAXY_STATE_DIR=${folder}`).filter((pid) => pid !== third.child.pid)
      assert.strictEqual(engines.length, 1)
    },
    patience
  )
})
