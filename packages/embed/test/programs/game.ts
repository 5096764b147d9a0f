/**
 * A game that is played with the built-in engine: created, started, and one turn of it made. Then everything is closed.
 * Prints the turn, and whether the engine's process was there before the end and after it.
 */
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { builtInEngines } from "@galaxy/embed/builtInEngines"

const { DATABASE_URL, ENGINES_FOLDER = "" } = process.env
const admin = { user: "root", password: "a-long-password" }

const galaxy = await createGalaxy({
  database: DATABASE_URL,
  secret: new Uint8Array(32).fill(7),
  access: { trustedNetwork: true },
  mail: { from: "Club <club@example.org>", send: async () => undefined },
  engines: builtInEngines({ folder: ENGINES_FOLDER, maxProcesses: 2 }),
  admin
})

const call = async <A>(path: string, headers: Record<string, string>, body?: object): Promise<A> => {
  const answer = await galaxy.fetch(
    new Request(`http://galaxy/api/v1${path}`, {
      headers: { ...headers, "content-type": "application/json" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
    })
  )
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as A
}

const userId = crypto.randomUUID()
await galaxy.sql`
  INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
  VALUES (${userId}, 'ada@example.org', 'ada', 'en', 'UTC')`

const { game_id } = await galaxy.lobby.create(userId, {
  game_name: "Final",
  min_players: 2,
  max_players: 2,
  computer_players: 1,
  turn_schedule: "0 6 * * *"
})
await galaxy.lobby.openEnrollment(userId, game_id)
const player = { "x-user-id": userId }
const invites = `/user/lobby/games/${game_id}/invites`
const { invite_id } = await call<{ invite_id: string }>(invites, player, { invited_user_id: userId })
await call(`${invites}/${invite_id}/redeem`, player, { race_name: "Terrans" })
await galaxy.lobby.readyToStart(userId, game_id)
await galaxy.lobby.start(userId, game_id)

interface Runtime {
  readonly status: string
  readonly current_turn: number
  readonly engine_instance?: string
}

const operator = { authorization: `Basic ${btoa(`${admin.user}:${admin.password}`)}` }
const runtime = `/admin/runtimes/${game_id}`
/** The runtime, as soon as it is as wanted. */
const until = async (wanted: (now: Runtime) => boolean): Promise<Runtime> => {
  for (let looks = 0; looks < 1_200; looks++) {
    const now = await call<Runtime>(runtime, operator)
    if (wanted(now)) return now
    if (/failed/.test(now.status)) throw new Error(JSON.stringify(now))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error("it took too long")
}

await until(({ status }) => status === "running")
await call(`${runtime}/force-next-turn`, operator, { expected_turn: 0, reason: "to see a turn" })
const { current_turn: turn, engine_instance = "" } = await until((now) => now.current_turn === 1)

const isThere = (): boolean => {
  try {
    return process.kill(Number(engine_instance.split("-")[0]), 0)
  } catch {
    return false
  }
}
const before = isThere()
await galaxy.close()
console.log(JSON.stringify({ turn, before, after: isThere() }))
