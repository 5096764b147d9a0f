/** What may happen in a schedule: players, turns, trouble with hosts and calls, deaths, operators, and a restore. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { EngineHosts } from "@galaxy/core/runtime/EngineHosts"
import type { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import type { MovableClockService } from "@galaxy/testkit/MovableClock"
import { Effect, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { advance, row } from "../fixture.ts"
import type * as Backends from "./backends.ts"
import * as Copies from "./copies.ts"
import * as Players from "./players.ts"
import type { Game, World } from "./world.ts"

/** What the actions of a schedule need. */
export type Needs = Backends.Needs | MovableClockService | RuntimeStore | Scope.Scope

type Action = () => Effect.Effect<unknown, unknown, Needs>

/** Draws an action of the schedule, by how often each is to happen. `settled` waits until nothing is at work. */
export const make = Effect.fnUntraced(function* (world: World, settled: Effect.Effect<void>) {
  const { allGates, backend, backends, begin, dice, games, history, hosts, note } = world
  const sql = yield* SqlClient.SqlClient
  const engineHosts = yield* EngineHosts
  const { order, read } = Players.make(world)
  const game = () => dice.pick(games).gameId
  const host = () => dice.pick(hosts.names)
  const say = (what: string, act: () => void) =>
    Effect.sync(() => {
      note(what)
      act()
    })

  const reconcile = () => backend().runtimes.reconcile(game())
  const reconcileAll = (gameId: GameId) =>
    Effect.forEach(backends, (it) => it.runtimes.reconcile(gameId), { concurrency: 2, discard: true })
  const force = () => {
    const gameId = game()
    return Effect.andThen(backend().runtimes.forceNextTurn(gameId), reconcileAll(gameId))
  }

  const kill = Effect.gen(function* () {
    const index = dice.below(2)
    const old = yield* world.start(index, 8)
    note(`backend ${index} is killed`)
    if (old !== undefined) yield* begin(old.kill)
  })

  const cut = (it: string, is: boolean) => say(`${it} is ${is ? "cut off" : "back"}`, () => hosts.cut(it, is))
  /**
   * The host of a game's engine is silent until it is given up; the engine goes on there. Orders are on their way to it, and
   * may reach it when the host is back.
   */
  const silence = Effect.fnUntraced(function* (of: Game) {
    const { engine_host } = yield* row(of.gameId)
    if (engine_host === null) return
    for (const it of allGates) it.stop(50)
    for (let orders = 0; orders < 3; orders++) yield* begin(order(of))
    yield* settled
    for (const it of allGates) it.stop(8)
    yield* cut(engine_host, true)
    yield* begin(backend().watchHosts)
    yield* advance("12 seconds")
    yield* begin(dice.percent(50) ? backend().watchHosts : backend().runtimes.engine(of.gameId))
    yield* settled
    if (dice.percent(50)) yield* cut(engine_host, false)
  })
  const crash = () => {
    const gameId = game()
    const [run] = hosts.runs(gameId).toReversed()
    if (run === undefined) return Effect.void
    return say(`engine of ${gameId.slice(-4)} on ${run.hostId} ends`, () => hosts.kill(run.hostId, gameId))
  }
  /** All engines of a host end, and the next one there gets the address of another one, perhaps of another game. */
  const reboot = Effect.gen(function* () {
    const { engine_host } = yield* row(game())
    if (engine_host === null) return
    yield* say(`${engine_host} is started anew`, () => {
      for (const { gameId } of games) hosts.kill(engine_host, gameId)
    })
    const next = dice.pick(games)
    if ((yield* row(next.gameId)).engine_host === engine_host) yield* begin(backend().runtimes.engine(next.gameId))
    else yield* silence(next)
  })
  const trouble = (percent: number) => {
    const mishaps = dice.pick(["not sent", "answer lost", "answer lost", "late"] as const)
    return say(`${percent} of 100 calls: ${mishaps}`, () =>
      hosts.mishaps(() => (dice.percent(percent) ? mishaps : "none"))
    )
  }
  const carriedOut = () => {
    for (const it of hosts.late.splice(0, 1 + dice.below(3))) it()
  }
  const restart = () => sql`
    UPDATE backend.runtime_records SET engine_task = 'restart', next_attempt_at = NULL, attempts = 0,
      row_version = row_version + 1
    WHERE game_id = ${game()} AND status = 'running' AND engine_task IS NULL`

  const all = {
    games: games.map((it) => it.gameId),
    players: games.flatMap((it) => it.players.map(({ id }) => id))
  }
  let copiedAt: number | undefined
  const copy = Effect.suspend(() => {
    note("a copy is made")
    copiedAt = history.now()
    return Copies.copy(all)
  })
  const restore = Effect.gen(function* () {
    if (copiedAt === undefined) return
    const at = copiedAt
    copiedAt = undefined
    yield* world.unheld(Copies.restore(all))
    history.restored(at)
    for (const { players } of games) for (const it of players) it.revision = undefined
    note("the copy is restored")
  })

  const actions: ReadonlyArray<readonly [weight: number, action: Action]> = [
    [30, () => begin(order())],
    [14, () => begin(read(false))],
    [3, () => begin(read(true))],
    [10, () => begin(reconcile())],
    [8, () => begin(force())],
    [2, () => Effect.andThen(advance("1 day"), begin(reconcile()))],
    [2, () => advance("12 seconds")],
    [1, () => cut(host(), true)],
    [6, () => cut(host(), false)],
    [3, () => silence(dice.pick(games))],
    [4, crash],
    [4, () => reboot],
    [1, () => Effect.suspend(() => ((it) => say(`${it} is wiped`, () => hosts.wipe(it)))(host()))],
    [4, () => trouble(dice.percent(50) ? 0 : 25)],
    [4, () => Effect.sync(carriedOut)],
    [4, () => Effect.sync(() => backend().gates.stop(dice.pick([0, 6, 12])))],
    [
      30,
      () =>
        Effect.sync(() => {
          for (const it of allGates) it.openOne()
        })
    ],
    [1, () => kill],
    [2, () => begin(engineHosts.drain(host(), dice.percent(50)))],
    [2, () => begin(backend().watchHosts)],
    [2, () => begin(backend().watchEngines)],
    [2, () => begin(backend().sweep)],
    [2, () => begin(restart())],
    [3, () => begin(Effect.suspend(() => backend().runtimes.engine(game())))],
    [2, () => copy],
    [2, () => restore]
  ]
  const sum = actions.reduce((sum, [weight]) => sum + weight, 0)
  const draw = () => {
    let left = dice.below(sum)
    for (const [weight, action] of actions) {
      left -= weight
      if (left < 0) return action()
    }
    return Effect.void
  }
  return { draw, reconcileAll, carriedOut }
})
