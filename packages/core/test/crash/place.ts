/** What the operations under test work on: two players with a part in everything, and the operations themselves. */
import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { AccountEnds } from "@galaxy/core/account/AccountEnds"
import { Sessions } from "@galaxy/core/auth/Sessions"
import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { newId } from "@galaxy/core/shared/NewId"
import { MovableClockService } from "@galaxy/testkit/MovableClock"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { json, ScriptedEngines } from "../engine/ScriptedEngines.ts"
import { admin, lobby, newGame, work } from "../lobby/world.ts"
import { type As, type Call, user } from "../http/platform.ts"

/** The players and games that an operation has to do with, by name. */
export const Place = Schema.Struct({
  ada: UserId,
  bob: UserId,
  /** Bob's, running: Ada and Bob play in it, and its next turn is the last. */
  played: GameId,
  /** Ada's, open for enrolment; Bob has an invite. */
  open: GameId,
  /** Ada's, paused: Bob plays in it too. */
  paused: GameId,
  /** Bob's, which Ada has applied for. */
  applied: GameId
})
export type Place = typeof Place.Type

const ok = (it: Effect.Effect<{ readonly status: number; readonly body: Record<string, string> }>) =>
  Effect.flatMap(it, ({ status, body }) =>
    status < 300 ? Effect.succeed(body) : Effect.die(new Error(`${status}: ${JSON.stringify(body)}`))
  )

/** Makes it all, and leaves nothing to be done later. */
export const make = Effect.fnUntraced(function* (call: Call) {
  const sql = yield* SqlClient.SqlClient
  const sessions = yield* Sessions
  yield* (yield* EngineVersions).register("0.1.1", "builtin:0.1.1")
  const [ada, bob] = yield* Effect.all([user, user])
  const send = (as: As, path: string, body?: unknown) => ok(call(as, "POST", `${lobby}/games${path}`, body))
  // Turns aren't due by themselves.
  const settings = { ...newGame, turn_schedule: "0 0 29 2 *" }
  const draft = (as: As, change: object = {}) =>
    Effect.map(send(as, "", { ...settings, ...change }), (it) => it["game_id"])
  const runs = Effect.fnUntraced(function* (owner: typeof ada, guest: typeof ada) {
    const id = yield* draft(owner, { race_name: "Vega" })
    const invite = yield* send(owner, `/${id}/invites`, { invited_user_id: guest.user })
    yield* send(owner, `/${id}/open-enrollment`)
    yield* send(guest, `/${id}/invites/${invite["invite_id"]}/redeem`, { race_name: "Lyra" })
    yield* send(owner, `/${id}/ready-to-start`)
    yield* send(owner, `/${id}/start`)
    yield* work(GameId.make(id ?? ""))
    return GameId.make(id ?? "")
  })
  for (const it of [ada, ada, bob]) yield* sessions.create(it.user, new Uint8Array(32))
  const played = yield* runs(bob, ada)
  const paused = yield* runs(ada, bob)
  yield* send(ada, `/${paused}/pause`)
  const open = GameId.make((yield* draft(ada)) ?? "")
  yield* send(ada, `/${open}/open-enrollment`)
  yield* send(ada, `/${open}/invites`, { invited_user_id: bob.user })
  const applied = GameId.make((yield* draft(bob)) ?? "")
  yield* send(bob, `/${applied}/open-enrollment`)
  yield* sql`
    INSERT INTO backend.applications (application_id, game_id, applicant_user_id, race_name, status)
    VALUES (${yield* newId}, ${applied}, ${ada.user}, 'Mira', 'pending')`
  yield* sql`
    INSERT INTO backend.race_names (race_name_id, name, canonical, status, owner_user_id, game_id, expires_at)
    VALUES (${yield* newId}, 'Pavo', 'pavo', 'pending_registration', ${ada.user}, ${applied}, now() + interval '9 days')`
  // They have been told of all this by mail.
  yield* sql`UPDATE backend.mail_deliveries SET status = 'sent', next_attempt_at = NULL`
  return { ada: ada.user, bob: bob.user, played, open, paused, applied } satisfies Place
})

/** Engines of the games, which know nothing of earlier ones: the next turn is the last, and everybody has grown. */
export const engines = Effect.fnUntraced(function* ({ played, paused }: Place) {
  const sql = yield* SqlClient.SqlClient
  const scripted = yield* ScriptedEngines
  for (const gameId of [played, paused]) {
    const seats = yield* sql<{ readonly id: string; readonly race: string }>`
      SELECT engine_player_uuid AS id, race_name AS race FROM backend.player_mappings WHERE game_id = ${gameId}`
    const status = (turn: number) =>
      json({
        game_id: gameId,
        turn,
        finished: turn > 0,
        winners: [],
        players: seats.map(({ id, race }) => ({
          player_id: id,
          race,
          planets: 2 + 2 * turn,
          population: 100 + turn,
          industry: 50,
          eliminated: false,
          max_planets: 2 + 2 * turn,
          max_population: 100 + turn,
          initial_planets: 1,
          initial_population: 100
        }))
      })
    yield* scripted.script(gameId, {
      call: ({ path, body }) => Effect.sync(() => (path === "/healthz" ? undefined : status(Number(body["turn"] ?? 0))))
    })
  }
})

const operations = {
  block: (call: Call, { ada }: Place) =>
    call("admin", "POST", `${admin}/users/${ada}/sanctions`, { sanction_code: "permanent_block", reason: "cheats" }),
  "delete by the player": (call: Call, { ada }: Place) => call({ user: ada }, "POST", "/api/v1/user/account/delete"),
  "delete by an administrator": (call: Call, { ada }: Place) =>
    call("admin", "POST", `${admin}/users/${ada}/soft-delete`, { reason: "asked for it" }),
  /** The account is marked at once, and the rest is done later. */
  "delete in two parts": (call: Call, { ada }: Place) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql.unsafe(`CREATE OR REPLACE FUNCTION backend.fault() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'a fault'; END $$`)
      yield* sql.unsafe(`CREATE OR REPLACE TRIGGER fault BEFORE DELETE ON backend.race_names
        FOR EACH ROW EXECUTE FUNCTION backend.fault()`)
      const answer = yield* call({ user: ada }, "POST", "/api/v1/user/account/delete")
      yield* sql.unsafe(`DROP TRIGGER fault ON backend.race_names`)
      return answer
    }),
  "registration of a race name": (call: Call, { ada }: Place) =>
    call({ user: ada }, "POST", `${lobby}/race-names/register`, { name: "Pavo" }),
  "patch of a game": (call: Call, { played }: Place) =>
    call("admin", "POST", `${admin}/runtimes/${played}/patch`, { version: "0.1.1", reason: "mends reports" }),
  "finish of a game": (_: Call, { played }: Place) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        UPDATE backend.runtime_records SET next_turn_at = now() - interval '1 second'
        WHERE game_id = ${played} AND status = 'running' AND current_turn = 0`
      return { status: 200 }
    })
}

export type Operation = keyof typeof operations
/** All of them. */
export const names = Object.keys(operations) as ReadonlyArray<Operation>

/** Asks for the operation, as its user does; again, if they got no answer. */
export const ask = (operation: Operation, call: Call, place: Place) =>
  Effect.tap(operations[operation](call, place), ({ status }) =>
    status < 500 ? Effect.void : Effect.die(new Error(`answered ${status}`))
  )

/** Does, one after the other, what a backend's workers make of it. */
export const follow = Effect.gen(function* () {
  const ends = yield* AccountEnds
  const store = yield* RuntimeStore
  const runtimes = yield* Runtimes
  for (const gameId of yield* store.alive) yield* runtimes.reconcile(gameId)
  yield* (yield* MovableClockService).advance("2 minutes")
  while (yield* ends.repeat);
})
