/** Every state of a game × every step × everybody, over HTTP: the surfaces do what the state machine says. */
import { type GameAction, type GameFacts, verdict, type Who } from "@galaxy/core/lobby/game/GameState"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, type As, platformOn, refusalOf, surfaces, user, version } from "../http/platform.ts"
import { admin, drafted, lobby } from "./world.ts"

type Stored = Omit<GameFacts, "visibility">

/** Every state with what the runtime's row is then; none before a start was asked for. */
const states: ReadonlyArray<Stored & { readonly runtime: string | undefined }> = [
  { status: "draft", stopped: false, started: false, runtime: undefined },
  { status: "enrollment_open", stopped: false, started: false, runtime: undefined },
  { status: "ready_to_start", stopped: false, started: false, runtime: undefined },
  { status: "starting", stopped: false, started: false, runtime: "starting" },
  { status: "starting", stopped: false, started: true, runtime: "starting" },
  { status: "start_failed", stopped: false, started: false, runtime: "start_failed" },
  { status: "running", stopped: false, started: true, runtime: "running" },
  { status: "paused", stopped: false, started: true, runtime: "running" },
  { status: "paused", stopped: true, started: true, runtime: "stopped" },
  { status: "finished", stopped: false, started: true, runtime: "finished" },
  { status: "cancelled", stopped: false, started: true, runtime: "stopped" }
]

/** How each step is called on a surface: what follows the game's path, and the body. */
const ofOwner: Readonly<Partial<Record<GameAction, readonly [method: string, path: string, body: object]>>> = {
  update: ["PATCH", "", { game_name: "Another" }],
  open_enrollment: ["POST", "/open-enrollment", { reason: "x" }],
  ready_to_start: ["POST", "/ready-to-start", { reason: "x" }],
  start: ["POST", "/start", { reason: "x" }],
  retry_start: ["POST", "/retry-start", { reason: "x" }],
  pause: ["POST", "/pause", { reason: "x" }],
  resume: ["POST", "/resume", { reason: "x" }],
  cancel: ["POST", "/cancel", { reason: "x" }]
}
const ofAdmin = {
  ...ofOwner,
  force_start: ["POST", "/force-start", {}],
  force_stop: ["POST", "/force-stop", {}]
} as const

const codes = { not_found: "not_found", not_owner: "forbidden/not_owner", wrong_state: "conflict/wrong_state" } as const

const outcome = (answer: Answer) => refusalOf(answer) ?? `200 ${answer.body.status}`

layer(platformOn(layerPglite), { timeout: "240 seconds", excludeTestServices: true })("the states of a game", (it) => {
  it.effect("are moved by whom and how the state machine says", () =>
    Effect.gen(function* () {
      const call = yield* surfaces
      const sql = yield* SqlClient.SqlClient
      const { id, owner, guest, join, step, game } = yield* drafted(call, { min_players: 1 })
      yield* step("open-enrollment")
      yield* join
      const stranger = yield* user
      assert.strictEqual((yield* game).member_count, 2)

      const put = ({ status, stopped, started, runtime }: (typeof states)[number], visibility: string) =>
        Effect.gen(function* () {
          yield* sql`UPDATE backend.games SET status = ${status}, visibility = ${visibility}, game_name = 'One',
            owner_user_id = ${visibility === "public" ? null : owner.user}, next_turn_at = NULL,
            runtime_status = ${stopped ? "stopped" : (runtime ?? "none")}, started_at = ${started ? new Date(0) : null}
            WHERE game_id = ${id}`
          yield* sql`DELETE FROM backend.player_mappings WHERE game_id = ${id}`
          yield* sql`DELETE FROM backend.runtime_records WHERE game_id = ${id}`
          if (runtime === undefined) return
          yield* sql`INSERT INTO backend.runtime_records
            (game_id, status, engine_version, image_ref, seed, turn_schedule, time_zone, started_at)
            VALUES (${id}, ${runtime}, ${version}, 'image', 'seed', '0 18 * * *', 'UTC', ${started ? new Date(0) : null})`
        })

      let walked = 0
      for (const visibility of ["private", "public"] as const) {
        const people: ReadonlyArray<readonly [Who, As]> = [
          ...(visibility === "private" ? ([["owner", owner]] as const) : []),
          ["member", guest],
          ["stranger", stranger],
          ["admin", "admin"]
        ]
        for (const [who, as] of people) {
          const surface = who === "admin" ? `${admin}/games` : `${lobby}/games`
          for (const [action, request] of Object.entries(who === "admin" ? ofAdmin : ofOwner)) {
            const [method, path, body] = request
            for (const state of states) {
              yield* put(state, visibility)
              const sent = who === "admin" || method === "PATCH" ? body : undefined
              const answer = yield* call(as, method, `${surface}/${id}${path}`, sent)
              const facts = { visibility, status: state.status, stopped: state.stopped, started: state.started }
              const expected = verdict(facts, action as GameAction, who)
              assert.strictEqual(
                outcome(answer),
                "refused" in expected ? codes[expected.refused] : `200 ${expected.to}`,
                `${who} takes ${action} in a ${visibility} game: ${JSON.stringify(state)}`
              )
              walked++
            }
          }
        }
      }
      assert.strictEqual(walked, states.length * (3 * 8 + 10 + 2 * 8 + 10))
    }).pipe(Effect.scoped)
  )
})
