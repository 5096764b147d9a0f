/** One schedule: what happens to two games with two owners, drawn from a seed, and the end where all is healed. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { advance, row } from "../fixture.ts"
import * as Actions from "./actions.ts"
import { wrongIn } from "./invariants.ts"
import * as Quiet from "../quiet.ts"
import { StatefulHosts } from "./StatefulHosts.ts"
import * as World from "./world.ts"

/** How long schedules are. */
const steps = 80
/** Actions under way at once. */
const mostAtOnce = 24
/** Attempts in which a healed game must have gone on. */
const attempts = 100
/** Only what hangs takes so long, on a machine that is busy with other things too. */
const patienceMs = 120_000

/** A little real time, for what is under way. */
const breathe = (ms: number) => Effect.promise(() => new Promise((done) => setTimeout(done, ms)))

/** The steps, once all is prepared. */
const happen = Effect.fnUntraced(function* (world: World.World, settled: Effect.Effect<void>) {
  const { allGates, backends, dice, fail, games, history, hosts, note } = world
  const sql = yield* SqlClient.SqlClient
  const { carriedOut, draw, reconcileAll } = yield* Actions.make(world, settled)

  const check = Effect.fnUntraced(function* ({ gameId, players }: World.Game) {
    const wrong = yield* world.unheld(
      wrongIn(
        gameId,
        players.map((it) => it.id),
        history
      )
    )
    if (wrong.length > 0) return yield* fail(wrong)
  })

  // Most games have begun when the trouble comes.
  if (dice.percent(90)) {
    for (const { gameId, players } of games) {
      yield* reconcileAll(gameId)
      for (const it of players) {
        const answer = yield* world.backend().orders.report(gameId, it.id, 0)
        const [own] = (answer["my_planets"] ?? []) as ReadonlyArray<{ readonly number: number }>
        if (own !== undefined) it.planet = own.number
      }
    }
  }
  for (const it of backends) it.gates.stop(8)
  for (let step = 0; step < steps; step++) {
    if (world.under() < mostAtOnce) yield* Effect.ignore(draw())
    else for (const it of allGates) it.openOne()
    yield* advance(dice.below(500))
    yield* settled
    if (step % 20 === 19) for (const it of games) yield* check(it)
  }

  note("all is healed")
  hosts.mishaps(() => "none")
  for (const it of hosts.names) hosts.cut(it, false)
  yield* sql`DELETE FROM backend.engine_hosts`
  for (const it of allGates) it.stop(0)
  const deadline = performance.now() + patienceMs
  while (world.under() > 0 && performance.now() < deadline) {
    for (const it of allGates) it.openAll()
    carriedOut()
    yield* advance("500 millis")
    yield* breathe(2)
  }
  if (world.under() > 0) return yield* fail([`${world.under()} calls hang`])

  let turns = 0
  for (const it of games) {
    const { gameId } = it
    const before = (yield* row(gameId)).current_turn
    turns += before
    for (let round = 0; round < attempts; round++) {
      const { current_turn, status } = yield* row(gameId)
      if (current_turn >= before + 2 && status === "running") break
      if (round === attempts - 1) {
        return yield* fail([`the game doesn't go on: ${JSON.stringify(yield* row(gameId))}`])
      }
      if (status !== "generation_in_progress") yield* Effect.ignore(world.backend().runtimes.forceNextTurn(gameId))
      yield* world.backend().runtimes.reconcile(gameId)
      yield* advance("2 seconds")
    }
    for (const it of backends) yield* Effect.ignore(it.sweep)
    yield* check(it)
    const { engine_epoch } = yield* row(gameId)
    const left = hosts.runs(gameId).map((it) => it.epoch)
    if (left.some((it) => it !== engine_epoch) || left.length > 1) {
      return yield* fail([`engines of epochs ${left.join()} are left, and the game's is ${engine_epoch}`])
    }
  }
  return { accepted: history.count("accepted"), shown: history.count("shown"), turns }
})

/** Runs the schedule of the seed. Dies of what is wrong, with what has happened. */
export const run = Effect.fnUntraced(function* (seed: number, holds: boolean) {
  const hosts = yield* StatefulHosts
  const sql = yield* SqlClient.SqlClient
  hosts.mishaps(() => "none")
  for (const it of hosts.names) {
    hosts.cut(it, false)
    hosts.wipe(it)
  }
  yield* sql`DELETE FROM backend.engine_hosts`
  let held = () => 0
  // What waits for a lock goes on when a later step frees it.
  const quiet = Quiet.make({ held: () => held(), stillMs: 40 })
  return yield* Effect.gen(function* () {
    const world = yield* World.make(seed, holds)
    held = () => world.allGates.reduce((sum, it) => sum + it.transactions(), 0)
    hosts.onApplied(world.history.applied)
    return yield* happen(world, quiet.settled)
  }).pipe(Effect.withTracer(quiet.tracer))
}, Effect.scoped)
