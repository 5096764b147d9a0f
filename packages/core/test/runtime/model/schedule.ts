/** One schedule: what happens to two games with two owners, drawn from a seed, and the end where all is healed. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { EngineHosts } from "@galaxy/core/runtime/EngineHosts"
import type { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import type { MovableClockService } from "@galaxy/testkit/MovableClock"
import { Cause, Effect, Exit, type Fiber, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { advance, row, startingGame } from "../fixture.ts"
import * as Backends from "./backends.ts"
import * as Gates from "./gates.ts"
import * as History from "./history.ts"
import { wrongIn } from "./invariants.ts"
import { nameOf } from "./modelEngine.ts"
import * as Random from "./random.ts"
import { StatefulHosts } from "./StatefulHosts.ts"

/** A player, with the revision of their orders that they were told last. */
interface Player {
  readonly id: UserId
  readonly race: string
  revision: number | undefined
}

interface Game {
  readonly gameId: GameId
  readonly players: ReadonlyArray<Player>
}

interface Answer {
  readonly turn?: number
  readonly revision?: number
  readonly orders?: ReadonlyArray<{ readonly product?: string }>
}

/** How long schedules are. */
const steps = 45
/** Actions under way at once. */
const mostAtOnce = 24
/** Attempts in which a healed game must have gone on. */
const attempts = 100
/** Only what hangs takes so long, on a machine that is busy with other things too. */
const patienceMs = 120_000

type Needs = Backends.Needs | MovableClockService | RuntimeStore | Scope.Scope

/** A little real time, for what is under way. */
const breathe = (ms: number) => Effect.promise(() => new Promise((done) => setTimeout(done, ms)))

/** Runs the schedule of the seed. Dies of what is wrong, with what has happened. */
export const run = Effect.fnUntraced(function* (seed: number, pausesInTransactions: boolean) {
  const dice = Random.dice(seed)
  const hosts = yield* StatefulHosts
  const sql = yield* SqlClient.SqlClient
  const engineHosts = yield* EngineHosts
  const history = History.make()
  const events: Array<string> = []
  const note = (what: string) => void events.push(`${history.now()} ${what}`)
  const fail = (wrong: ReadonlyArray<string>) =>
    Effect.die(new Error(`GALAXY_MODEL_SEED=${seed}: ${wrong.join("; ")}\n${events.join("\n")}`))

  hosts.onApplied(history.applied)
  hosts.mishaps(() => "none")
  for (const it of hosts.names) {
    hosts.cut(it, false)
    hosts.wipe(it)
  }
  yield* sql`DELETE FROM backend.engine_hosts`

  const games: Array<Game> = []
  for (let i = 0; i < 2; i++) {
    const { gameId, guest, owner } = yield* startingGame()
    games.push({
      gameId,
      players: [
        { id: owner, race: "Vega", revision: undefined },
        { id: guest, race: "Lyra", revision: undefined }
      ]
    })
  }

  const gatesOf = (index: number) => Gates.make(Random.dice(seed * 7 + index), pausesInTransactions)
  const allGates = [gatesOf(1), gatesOf(2)]
  const backends = yield* Effect.forEach(allGates, Backends.start)
  const backend = () => dice.pick(backends)

  const under = new Set<Fiber.Fiber<unknown, unknown>>()
  /** Begins something and goes on. */
  const begin = Effect.fnUntraced(function* <R>(work: Effect.Effect<unknown, unknown, R>) {
    const fiber = yield* Effect.forkScoped(Effect.exit(work), { startImmediately: true })
    under.add(fiber)
    fiber.addObserver(() => void under.delete(fiber))
  })

  let lists = 0
  const order = () => {
    const { gameId, players } = dice.pick(games)
    const player = dice.pick(players)
    const list = `L${++lists}`
    const { orders } = backend()
    const ifRevision = dice.percent(20) ? player.revision : undefined
    const start = history.now()
    history.written(list)
    const given = { orders: [{ op: "produce", planet: 1, product: list }], ifRevision }
    const call = dice.percent(15) ? orders.command(gameId, player.id, given) : orders.order(gameId, player.id, given)
    return call.pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          const answer: Answer | undefined = Exit.isSuccess(exit) ? exit.value : undefined
          if (answer?.turn !== undefined) {
            player.revision = answer.revision
            history.told({ gameId, race: player.race, turn: answer.turn, list, start, how: "accepted" })
          }
          history.over(list)
          const why = Exit.isSuccess(exit) ? `accepted for ${answer?.turn}` : Cause.pretty(exit.cause).split("\n")[0]
          note(`${gameId.slice(-4)} ${player.race} ${list}: ${why}`)
        })
      )
    )
  }

  const read = (made: boolean) =>
    Effect.gen(function* () {
      const { gameId, players } = dice.pick(games)
      const player = dice.pick(players)
      const { orders } = backend()
      const turn = made ? (yield* row(gameId)).current_turn - 1 : undefined
      if (turn !== undefined && turn < 0) return
      const start = history.now()
      const answer: Answer = yield* orders.orders(gameId, player.id, turn)
      const list = nameOf(answer.orders)
      if (list === undefined || answer.turn === undefined) return
      if (!made) player.revision = answer.revision
      const how = made ? "shown as made" : "shown"
      history.told({ gameId, race: player.race, turn: answer.turn, list, start, how })
      note(`${gameId.slice(-4)} ${player.race} ${list} of ${answer.turn} ${how}`)
    })

  const reconcile = () => backend().runtimes.reconcile(dice.pick(games).gameId)
  const force = () => {
    const { gameId } = dice.pick(games)
    return Effect.andThen(backend().runtimes.forceNextTurn(gameId), reconcileAll(gameId))
  }
  const reconcileAll = (gameId: GameId) =>
    Effect.forEach(backends, (it) => it.runtimes.reconcile(gameId), { concurrency: 2, discard: true })

  const kill = Effect.gen(function* () {
    const index = dice.below(2)
    const gates = gatesOf(index + 3 + lists)
    gates.stop(10)
    allGates.push(gates)
    const old = backends[index]
    backends[index] = yield* Backends.start(gates)
    note(`backend ${index} is killed`)
    if (old !== undefined) yield* begin(old.kill)
  })

  const host = () => dice.pick(hosts.names)
  const say = (what: string, act: () => void) =>
    Effect.sync(() => {
      note(what)
      act()
    })
  const cut = (is: boolean) => {
    const it = host()
    return say(`${it} is ${is ? "cut off" : "back"}`, () => hosts.cut(it, is))
  }
  const crash = () => {
    const { gameId } = dice.pick(games)
    const it = host()
    return say(`engine of ${gameId.slice(-4)} on ${it} ends`, () => hosts.kill(it, gameId))
  }
  const trouble = (percent: number) => {
    const mishaps = dice.pick(["not sent", "answer lost", "answer lost", "late"] as const)
    return say(`${percent} of 100 calls: ${mishaps}`, () =>
      hosts.mishaps(() => (dice.percent(percent) ? mishaps : "none"))
    )
  }
  const carriedOut = () => {
    for (const it of hosts.late.splice(0, 1 + dice.below(3))) it()
  }
  const restart = sql`
    UPDATE backend.runtime_records SET engine_task = 'restart', next_attempt_at = NULL, attempts = 0,
      row_version = row_version + 1
    WHERE game_id = ${games[0]?.gameId ?? ""} AND status = 'running' AND engine_task IS NULL`

  /** What may happen, with how often it does. */
  const actions: ReadonlyArray<readonly [number, () => Effect.Effect<unknown, unknown, Needs>]> = [
    [30, () => begin(order())],
    [12, () => begin(read(false))],
    [4, () => begin(read(true))],
    [14, () => begin(reconcile())],
    [14, () => begin(force())],
    [2, () => Effect.andThen(advance("1 day"), begin(reconcile()))],
    [3, () => advance("12 seconds")],
    [4, () => cut(true)],
    [6, () => cut(false)],
    [6, crash],
    [1, () => Effect.suspend(() => ((it) => say(`${it} is wiped`, () => hosts.wipe(it)))(host()))],
    [4, () => trouble(dice.percent(50) ? 0 : 25)],
    [4, () => Effect.sync(carriedOut)],
    [5, () => Effect.sync(() => backend().gates.stop(dice.percent(50) ? 0 : 12))],
    [12, () => Effect.sync(() => dice.pick(allGates).openOne())],
    [1, () => kill],
    [2, () => begin(engineHosts.drain(host(), dice.percent(50)))],
    [2, () => begin(backend().watchHosts)],
    [2, () => begin(backend().watchEngines)],
    [2, () => begin(backend().sweep)],
    [1, () => begin(restart)],
    [3, () => begin(Effect.suspend(() => backend().runtimes.engine(dice.pick(games).gameId)))]
  ]
  const all = actions.reduce((sum, [weight]) => sum + weight, 0)
  const draw = () => {
    let left = dice.below(all)
    for (const [weight, action] of actions) {
      left -= weight
      if (left < 0) return action()
    }
    return Effect.void
  }

  const check = Effect.fnUntraced(function* (gameId: GameId, players: ReadonlyArray<Player>) {
    const wrong = yield* wrongIn(
      gameId,
      players.map((it) => it.id),
      history
    )
    if (wrong.length > 0) return yield* fail(wrong)
  })

  // Most games have begun when the trouble comes.
  if (dice.percent(90)) for (const { gameId } of games) yield* reconcileAll(gameId)
  for (const it of backends) it.gates.stop(8)
  for (let step = 0; step < steps; step++) {
    if (under.size < mostAtOnce) yield* Effect.ignore(draw())
    else for (const it of allGates) it.openOne()
    yield* advance(dice.below(500))
    yield* breathe(dice.below(3))
    if (step % 15 === 14) for (const { gameId, players } of games) yield* check(gameId, players)
  }

  note("all is healed")
  hosts.mishaps(() => "none")
  for (const it of hosts.names) hosts.cut(it, false)
  yield* sql`DELETE FROM backend.engine_hosts`
  for (const it of allGates) it.stop(0)
  const deadline = performance.now() + patienceMs
  while (under.size > 0 && performance.now() < deadline) {
    for (const it of allGates) it.openAll()
    carriedOut()
    yield* advance("500 millis")
    yield* breathe(2)
  }
  if (under.size > 0) return yield* fail([`${under.size} calls hang`])

  for (const { gameId, players } of games) {
    const target = (yield* row(gameId)).current_turn + 2
    for (let round = 0; round < attempts; round++) {
      const { current_turn, status } = yield* row(gameId)
      if (current_turn >= target && status === "running") break
      if (round === attempts - 1) {
        return yield* fail([`the game doesn't go on: ${JSON.stringify(yield* row(gameId))}`])
      }
      if (status !== "generation_in_progress") yield* Effect.ignore(backend().runtimes.forceNextTurn(gameId))
      yield* backend().runtimes.reconcile(gameId)
      yield* advance("2 seconds")
    }
    for (const it of backends) yield* Effect.ignore(it.sweep)
    yield* check(gameId, players)
    const { engine_epoch } = yield* row(gameId)
    const left = hosts.runs(gameId).map((it) => it.epoch)
    if (left.some((it) => it !== engine_epoch) || left.length > 1) {
      return yield* fail([`engines of epochs ${left.join()} are left, and the game's is ${engine_epoch}`])
    }
  }
  return {
    accepted: history.count("accepted"),
    shown: history.count("shown"),
    turns: (yield* Effect.forEach(games, ({ gameId }) => row(gameId))).reduce((sum, it) => sum + it.current_turn, 0)
  }
}, Effect.scoped)
