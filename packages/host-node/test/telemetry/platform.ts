/** Gateway, backend and engine as processes of their own, with telemetry, and a game of which a turn is made. */
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { Effect } from "effect"
import { folder, key, patiently, redis, relay, run, signIn, token } from "../processes/parts.ts"
import type { Process } from "../processes/Process.ts"

const postgres = serverUrl()

/** Whether there are the servers that the processes need. */
export const there = postgres !== undefined && redis !== undefined

const admin = { user: "op", password: "a long password" }

const first = (process: Process, pattern: RegExp) =>
  Effect.map(
    Effect.promise(() => process.until(pattern)),
    ([, found = ""]) => found
  )

const metricsUrl = (process: Process) => first(process, /"metrics_url":"([^"]+)"/)

/** Starts all of it; `more` are further variables of both processes. */
export const platform = (more: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const { url: database } = yield* cloneUrl(postgres ?? "")
    const { port: smtp, mails } = yield* relay
    const dataDir = yield* folder
    const { started: backend } = yield* run(
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
      /"message":"backend is ready"/,
      "SIGTERM"
    )
    const backendUrl = yield* first(backend, /"backend listens","url":"([^"]+)"/)
    const push = yield* first(backend, /"push stream listens".*"port":(\d+)/)
    const { started: gateway } = yield* run(
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
      /"gateway is ready"/,
      // So that what it has is still sent.
      "SIGTERM"
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
