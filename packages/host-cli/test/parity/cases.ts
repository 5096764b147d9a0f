/**
 * One case for each operation: what it is given. A mutation is tried once through each door, on targets of its own that
 * are alike; `n` counts the doors.
 */
import type { Operation } from "galaxy-admin/operations/types"
import type { Backend, Input } from "./doors.ts"
import { plainHttp } from "./doors.ts"

/** Players that the cases may use; each has applied to the open game, and each door may end one of them. */
export interface People {
  readonly users: ReadonlyArray<string>
  readonly names: ReadonlyArray<string>
  readonly openGame: string
  readonly applications: ReadonlyArray<string>
  /** Lets a player of no case apply to a game; returns the application. */
  readonly apply: (gameId: string) => Promise<string>
}

/** A case: its input for a door, and the name that consent needs. */
export type Case = (
  n: number
) =>
  | Promise<{ readonly input: Input; readonly confirm?: string }>
  | { readonly input: Input; readonly confirm?: string }

const nobody = "0190a0b0-0000-7000-8000-000000000000"

/** The cases, on a backend. */
export const casesOn = (backend: Backend, people: People): { readonly [O in Operation]: Case } => {
  const http = plainHttp(backend)
  const ask = async (operation: Operation, input: Input): Promise<Readonly<Record<string, unknown>>> => {
    const { answer } = await http(operation, input)
    if (typeof answer === "string") throw new Error(`${operation}: ${answer}`)
    return answer as Readonly<Record<string, unknown>>
  }
  const why = "parity"
  const draft = async (name = "Draft"): Promise<string> => {
    const game = await ask("adminGames.create", {
      body: { game_name: name, min_players: 1, max_players: 8, computer_players: 2, turn_schedule: "0 6 * * *" }
    })
    return String(game["game_id"])
  }
  const open = async (name?: string) => {
    const game_id = await draft(name)
    await ask("adminGames.openEnrollment", { params: { game_id } })
    return game_id
  }
  const seated = async (name?: string) => {
    const game_id = await open(name)
    const application_id = await people.apply(game_id)
    await ask("adminApplications.approve", { params: { game_id, application_id }, body: { reason: why } })
    return game_id
  }
  const ready = async (name?: string) => {
    const game_id = await seated(name)
    await ask("adminGames.readyToStart", { params: { game_id } })
    return game_id
  }
  const started = async () => {
    const game_id = await ready("Running")
    await ask("adminGames.start", { params: { game_id } })
    for (;;) {
      const { status } = await ask("adminGames.get", { params: { game_id } })
      if (status === "running") return game_id
      if (status !== "starting") throw new Error(`the game is ${String(status)}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  // One running game serves all reads, and mutations that leave it as it is.
  let shared: Promise<string> | undefined
  const running = () => (shared ??= started())
  const user = (n: number) => ({ user_id: people.users[n] ?? "" })
  const ofUser = (n: number, body: object = {}): { readonly input: Input } => ({
    input: { params: user(n), body: { ...body, reason: why } }
  })
  const ofGame = async (game: Promise<string>, body?: Readonly<Record<string, unknown>>) => ({
    input: { params: { game_id: await game }, ...(body === undefined ? {} : { body }) }
  })
  const first =
    (read: Operation, rows: string, id: string, param: string): Case =>
    async () => {
      const answer = await ask(read, {})
      const row = (answer[rows] as ReadonlyArray<Readonly<Record<string, string>>>)[0]
      return { input: { params: { [param]: row?.[id] ?? nobody } } }
    }
  const admin = async (n: number, use: string) => {
    const username = `${use}-${n}`
    await ask("adminAccounts.create", { body: { username, password: "a long password" } })
    return { username }
  }
  const version = async (n: number, use: string) => {
    const named = { version: `9.${use}.${n}`, image_ref: "builtin:9" }
    await ask("adminEngineVersions.register", { body: named })
    return { version: named.version }
  }
  const host = async (): Promise<Input> => {
    const [only] = (await ask("adminEngineHosts.list", {}))["engine_hosts"] as ReadonlyArray<{ host_id: string }>
    return { params: { host_id: only?.host_id ?? "" } }
  }
  const paused: Array<Promise<string>> = []
  const none: Case = () => ({ input: {} })
  const reading: Case = () => ofGame(running())
  return {
    "adminAccounts.list": none,
    "adminAccounts.get": () => ({ input: { params: { username: backend.user } } }),
    "adminAccounts.create": (n) => ({ input: { body: { username: `made-${n}`, password: "a long password" } } }),
    "adminAccounts.disable": async (n) => ({ input: { params: await admin(n, "off"), body: { reason: why } } }),
    "adminAccounts.enable": async (n) => ({ input: { params: await admin(n, "on") } }),
    "adminAccounts.resetPassword": async (n) => ({
      input: { params: await admin(n, "new"), body: { password: "another password" } }
    }),
    "adminDiagnostics.get": none,
    "adminAudit.list": () => ({ input: { query: { action: "game.create" } } }),
    "adminAudit.get": first("adminAudit.list", "audit", "audit_id", "audit_id"),
    "adminEngineVersions.list": none,
    "adminEngineVersions.register": (n) => ({ input: { body: { version: `8.0.${n}`, image_ref: "builtin:8" } } }),
    "adminEngineVersions.update": async (n) => ({ input: { params: await version(n, "1"), body: { enabled: false } } }),
    "adminEngineVersions.disable": async (n) => ({ input: { params: await version(n, "2") } }),
    "adminEngineHosts.list": none,
    "adminBackends.list": none,
    // All doors have the same host: it is so already for each of them.
    "adminEngineHosts.drain": async () => {
      await ask("adminEngineHosts.drain", await host())
      return { input: await host() }
    },
    "adminEngineHosts.undrain": async () => {
      await ask("adminEngineHosts.undrain", await host())
      return { input: await host() }
    },
    // The only host is in use.
    "adminEngineHosts.forget": async () => ({ input: await host() }),
    "adminRuntimes.get": reading,
    "adminRuntimes.forceNextTurn": async () => ofGame(started(), { expected_turn: 0 }),
    "adminRuntimes.restart": () => ofGame(started(), { reason: why }),
    "adminRuntimes.patch": async () => {
      const game_id = await started()
      const { engine_version, image_ref } = await ask("adminRuntimes.get", { params: { game_id } })
      const newer = String(engine_version).replace(/\d+$/, (patch) => String(Number(patch) + 1))
      await ask("adminEngineVersions.register", { body: { version: newer, image_ref } })
      return { input: { params: { game_id }, body: { version: newer, reason: why } } }
    },
    "adminRuntimes.operations": reading,
    "adminRuntimes.health": reading,
    "adminGames.list": () => ({ input: { query: { name: "Draft" } } }),
    "adminGames.create": () => ({
      input: {
        body: {
          game_name: "Made",
          min_players: 2,
          max_players: 8,
          turn_schedule: "0 6 * * 1",
          time_zone: "Europe/Berlin",
          early_turns: true
        }
      }
    }),
    "adminGames.get": reading,
    "adminGames.update": () => ofGame(draft(), { game_name: "Edited", max_players: 12, early_turns: true }),
    "adminGames.members": reading,
    "adminGames.why": reading,
    "adminGames.openEnrollment": () => ofGame(draft()),
    "adminGames.readyToStart": () => ofGame(seated()),
    "adminGames.start": () => ofGame(ready()),
    "adminGames.pause": (n) => ofGame((paused[n] = started()), { reason: why }),
    "adminGames.resume": (n) => ofGame(paused[n] ?? Promise.reject(new Error("pause comes first"))),
    "adminGames.cancel": async () => ({ ...(await ofGame(open("Cancelled"), { reason: why })), confirm: "Cancelled" }),
    "adminGames.retryStart": () => ofGame(draft()),
    "adminGames.forceStart": () => ofGame(seated()),
    "adminGames.forceStop": () => ofGame(started()),
    "adminGames.banMember": async (n) => ({
      ...(await ofGame(Promise.resolve(people.openGame), { ...user(n), reason: why })),
      confirm: people.names[n] ?? ""
    }),
    "adminUsers.list": none,
    "adminUsers.get": () => ({ input: { params: user(0) } }),
    "adminUsers.setEntitlement": (n) =>
      ofUser(n, { plan_code: "paid_yearly", is_paid: true, source: "gift", ends_at: "2099-12-31T00:00:00.000Z" }),
    "adminUsers.setLimit": (n) => ofUser(n, { limit_code: "max_open_games", value: 20 }),
    "adminUsers.liftLimit": (n) => ({
      input: { params: { ...user(n), code: "max_open_games" }, body: { reason: why } }
    }),
    "adminUserEnds.applySanction": (n) => ({
      ...ofUser(n, { sanction_code: "permanent_block" }),
      confirm: people.names[n] ?? ""
    }),
    "adminUsers.liftSanction": (n) => ({
      input: { params: { ...user(n), code: "permanent_block" }, body: { reason: why } }
    }),
    "adminUserEnds.softDelete": (n) => ({ ...ofUser(n), confirm: people.names[n] ?? "" }),
    "adminUserEnds.export": () => ({ input: { params: user(0) } }),
    "adminUserSessions.sessions": () => ({ input: { params: user(0) } }),
    "adminUserSessions.revocations": () => ({ input: { params: user(0) } }),
    "adminUserSessions.revokeSessions": (n) => ofUser(n),
    "adminApplications.list": () => ofGame(Promise.resolve(people.openGame)),
    "adminApplications.approve": (n) => ({
      input: {
        params: { game_id: people.openGame, application_id: people.applications[n] ?? "" },
        body: { reason: why }
      }
    }),
    "adminApplications.reject": (n) => ({
      input: {
        params: { game_id: people.openGame, application_id: people.applications[n + 3] ?? "" },
        body: { reason: why }
      }
    }),
    "adminBlockedAddresses.list": none,
    "adminBlockedAddresses.block": (n) => ({ input: { body: { email: `spam-${n}@example.org`, reason: why } } }),
    "adminBlockedAddresses.remove": (n) => ({ input: { body: { email: `spam-${n}@example.org`, reason: why } } }),
    "adminMail.deliveries": () => ({ input: { query: { status: "sent" } } }),
    "adminMail.delivery": first("adminMail.deliveries", "deliveries", "delivery_id", "delivery_id"),
    "adminMail.attempts": first("adminMail.deliveries", "deliveries", "delivery_id", "delivery_id"),
    "adminMail.resend": first("adminMail.deliveries", "deliveries", "delivery_id", "delivery_id"),
    "adminMail.deadLetters": none,
    "adminNotifications.list": none,
    "adminNotifications.get": first("adminNotifications.list", "notifications", "notification_id", "notification_id"),
    "adminNotifications.deadLetters": none,
    "adminNotifications.malformed": none,
    "adminNotifications.channelDeadLetters": none,
    // Only an embedding program has channels.
    "adminNotifications.resendByChannel": () => ({ input: { params: { delivery_id: nobody } } }),
    "adminGeo.countries": () => ({ input: { params: user(0) } })
  }
}
