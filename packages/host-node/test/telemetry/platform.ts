/** Gateway, backend and engine as processes of their own, with telemetry, and a game of which a turn is made. */
import { mkdtempSync, rmSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { Effect, Schedule } from "effect"
import { SMTPServer } from "smtp-server"
import type { Entry } from "../../../../scripts/lib/bundled.ts"
import { Process } from "../processes/Process.ts"

const postgres = serverUrl()
const redis = process.env["GALAXY_TEST_REDIS_URL"]

/** Whether there are the servers that the processes need. */
export const there = postgres !== undefined && redis !== undefined

const token = "shared-by-both"
const admin = { user: "op", password: "a long password" }
const key = (fill: number) => Buffer.alloc(32, fill).toString("base64")

const relay = Effect.acquireRelease(
  Effect.callback<{ readonly server: SMTPServer; readonly port: number; readonly mails: Array<string> }>((resume) => {
    const mails: Array<string> = []
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData: (stream, _session, done) => {
        let text = ""
        stream.on("data", (chunk: Buffer) => {
          text += chunk.toString("utf8")
        })
        stream.on("end", () => {
          mails.push(text)
          done()
        })
      }
    })
    server.on("error", () => undefined)
    server.listen(0, "127.0.0.1", () => {
      resume(Effect.succeed({ server, port: (server.server.address() as AddressInfo).port, mails }))
    })
  }),
  ({ server }) => Effect.promise(() => new Promise<void>((closed) => server.close(() => closed())))
)

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-telemetry-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }))
)

const run = (main: Entry, environment: Readonly<Record<string, string>>, ready: RegExp) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const started = new Process(main, environment)
      await started.until(ready)
      return started
    }),
    // In order, so that what they have is still sent.
    (started) => Effect.promise(() => started.kill("SIGTERM"))
  )

const first = (process: Process, pattern: RegExp) =>
  Effect.map(
    Effect.promise(() => process.until(pattern)),
    ([, found = ""]) => found
  )

const metricsUrl = (process: Process) => first(process, /"metrics_url":"([^"]+)"/)

const patiently = { times: 2_400, schedule: Schedule.spaced("50 millis") }

const signIn = (url: string, mails: ReadonlyArray<string>, name: string) =>
  Effect.gen(function* () {
    const deviceKey = DeviceKey.fromSeed(crypto.getRandomValues(new Uint8Array(32)))
    const challengeId = yield* PublicEdge.sendEmailCode(url, { email: `${name}@example.org` })
    const code = yield* Effect.suspend(() => {
      const mail = mails.find((text) => text.includes(`${name}@example.org`))
      const found = mail === undefined ? undefined : /\b(\d{8})\b is your/.exec(mail)?.[1]
      return found === undefined ? Effect.fail("no mail") : Effect.succeed(found)
    }).pipe(Effect.retry(patiently))
    const deviceSessionId = yield* PublicEdge.confirmEmailCode(url, {
      challengeId,
      code,
      key: deviceKey,
      timeZone: "UTC"
    })
    const client = yield* GalaxyClient.make({ baseUrl: url, session: { deviceSessionId, key: deviceKey } })
    return { client, deviceSessionId, deviceKey }
  })

/** Starts all of it; `more` are further variables of both processes. */
export const platform = (more: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const { url: database } = yield* cloneUrl(postgres ?? "")
    const { port: smtp, mails } = yield* relay
    const dataDir = yield* folder
    const backend = yield* run(
      "processes/backend",
      {
        ...more,
        BACKEND_HTTP_ADDR: ":0",
        BACKEND_GRPC_PUSH_ADDR: ":0",
        BACKEND_ADMIN_HTTP_ADDR: ":0",
        BACKEND_ADMIN_CONSOLE: "false",
        BACKEND_ADMIN_BOOTSTRAP_USER: admin.user,
        BACKEND_ADMIN_BOOTSTRAP_PASSWORD: admin.password,
        BACKEND_POSTGRES_DSN: database,
        BACKEND_SECRET_KEY: key(1),
        BACKEND_SMTP_URL: `smtp://127.0.0.1:${smtp}?tls=none`,
        BACKEND_DATA_DIR: dataDir,
        BACKEND_GATEWAY_TOKEN: token
      },
      /"message":"backend is ready"/
    )
    const backendUrl = yield* first(backend, /"backend listens","url":"([^"]+)"/)
    const push = yield* first(backend, /"push stream listens".*"port":(\d+)/)
    const gateway = yield* run(
      "processes/gateway",
      {
        ...more,
        GATEWAY_HTTP_ADDR: ":0",
        GATEWAY_ADMIN_HTTP_ADDR: ":0",
        GATEWAY_WEB_PAGE: "false",
        GATEWAY_BACKEND_HTTP_URL: backendUrl,
        GATEWAY_BACKEND_GRPC_PUSH_URL: `http://127.0.0.1:${push}`,
        GATEWAY_BACKEND_TOKEN: token,
        GATEWAY_REDIS_URL: redis ?? "",
        GATEWAY_SIGNING_KEY: key(2)
      },
      /"gateway is ready"/
    )
    const gatewayUrl = yield* first(gateway, /"gateway listens","url":"([^"]+)"/)
    return {
      backend,
      gateway,
      backendUrl,
      gatewayUrl,
      mails,
      backendMetrics: yield* metricsUrl(backend),
      gatewayMetrics: yield* metricsUrl(gateway),
      signIn: (name: string) => signIn(gatewayUrl, mails, name)
    }
  })

type Player = Effect.Success<ReturnType<typeof signIn>>

/** Two players begin a game. */
export const begunGame = (ada: Player, lin: Player) =>
  Effect.gen(function* () {
    const { game_id } = yield* ada.client.call("lobby.games.create", {
      game_name: "Measured",
      min_players: 2,
      max_players: 2,
      turn_schedule: "0 0 1 1 *"
    })
    yield* ada.client.call("lobby.games.open_enrollment", { game_id })
    for (const [player, race_name] of [
      [ada, "Terrans"],
      [lin, "Lyrans"]
    ] as const) {
      const { code, invite_id } = yield* ada.client.call("lobby.invites.issue", { game_id })
      yield* player.client.call("lobby.invites.redeem", {
        game_id,
        invite_id,
        race_name,
        ...(code === undefined ? {} : { code })
      })
    }
    yield* ada.client.call("lobby.games.ready_to_start", { game_id })
    yield* ada.client.call("lobby.games.start", { game_id })
    yield* ada.client
      .call("lobby.games.get", { game_id })
      .pipe(Effect.repeat({ ...patiently, until: (it) => it.status === "running" }))
    return game_id
  })

/** An operator has the next turn made. */
export const turnMade = (backendUrl: string, ada: Player, gameId: string) =>
  Effect.gen(function* () {
    yield* Effect.promise(() =>
      fetch(`${backendUrl}/api/v1/admin/runtimes/${gameId}/force-next-turn`, {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString("base64")}`,
          "content-type": "application/json"
        },
        body: JSON.stringify({ reason: "a turn to measure" })
      })
    )
    yield* ada.client
      .call("lobby.games.get", { game_id: gameId })
      .pipe(Effect.repeat({ ...patiently, until: (it) => (it.current_turn ?? 0) >= 1 }))
  })
