/** Checks of turns, which are made once and in order and whose results stay, and of races that leave. */
import * as assert from "../../internal/assert.ts"
import { Effect } from "effect"
import * as Calls from "./calls.ts"
import { type Check, NotTried, type RunningEngine, type EngineUnderTest } from "./Check.ts"
import { begun, nobody, ordersOf, races } from "./game.ts"

const [first, second, third] = races

/** A game with one race left, as soon as it is finished, but after three turns at the latest. */
const lastOne = Effect.fnUntraced(function* <Engine extends RunningEngine>(subject: EngineUnderTest<Engine>) {
  const { engine } = yield* begun(subject)
  const given = yield* ordersOf(subject, engine, first)
  yield* Effect.map(Calls.banish(engine, second), Calls.statusIn)
  let status = Calls.statusIn(yield* Calls.banish(engine, third))
  while (!status.finished && status.turn < 3) status = Calls.statusIn(yield* Calls.turn(engine, status.turn + 1))
  return { engine, status, given, winners: status.winners }
})

/** Includes repeated and concurrent calls for one turn, banished races, and finished games. */
export const turns: ReadonlyArray<Check> = [
  {
    name: "a turn is made when it is the next one, and its reports are there",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status: before } = yield* begun(subject)
      const status = Calls.statusIn(yield* Calls.turn(engine, 1))
      assert.strictEqual(status.turn, 1)
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
      assert.deepStrictEqual(
        status.players.map((it) => [it.race, it.player_id, it.initial_planets, it.initial_population]),
        before.players.map((it) => [it.race, it.player_id, it.planets, it.population]),
        "names, ids and initial values never change"
      )
      for (const [index, player] of status.players.entries()) {
        const then = before.players[index]
        assert.isAtLeast(player.max_planets, Math.max(player.planets, then?.max_planets ?? 0), player.race)
        assert.isAtLeast(player.max_population, Math.max(player.population, then?.max_population ?? 0), player.race)
      }
      for (const race of races) {
        assert.deepInclude(Calls.object(yield* Calls.report(engine, race, 1)), { race, turn: 1 })
        assert.strictEqual(Calls.object(yield* Calls.report(engine, race))["turn"], 1)
        assert.strictEqual(Calls.object(yield* Calls.report(engine, race, 0))["turn"], 0)
      }
      Calls.refused(yield* Calls.report(engine, first, 2), "not_found")
    })
  },
  {
    name: "a turn asked for again answers the same and changes nothing, also later",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const made = Calls.statusIn(yield* Calls.turn(engine, 1))
      const report = Calls.object(yield* Calls.report(engine, first, 1))
      const given = yield* ordersOf(subject, engine, first)
      Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 1, orders: given }))
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.turn(engine, 1)), made, "turn 1, asked for again")
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), made, "the status after that")
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first, 1)).orders, given)
      const next = Calls.statusIn(yield* Calls.turn(engine, 2))
      assert.strictEqual(next.turn, 2)
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.turn(engine, 1)), made, "turn 1, asked for after turn 2")
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), next, "the status after that")
      assert.deepStrictEqual(Calls.object(yield* Calls.report(engine, first, 1)), report)
    })
  },
  {
    name: "a turn that is asked for several times at once is made once",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const answers = yield* Effect.all(
        Array.from({ length: 5 }, () => Effect.map(Calls.turn(engine, 1), Calls.statusIn)),
        { concurrency: "unbounded" }
      )
      const status = Calls.statusIn(yield* Calls.status(engine))
      assert.strictEqual(status.turn, 1)
      for (const answer of answers) assert.deepStrictEqual(answer, status)
    })
  },
  {
    name: "a turn beyond the next one is a conflict and changes nothing",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status } = yield* begun(subject)
      Calls.refused(yield* Calls.turn(engine, 2), "conflict")
      Calls.refused(yield* Calls.turn(engine, 1000), "conflict")
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
      Calls.refused(yield* Calls.report(engine, first, 1), "not_found")
    })
  },
  {
    name: "a turn that is not a number is refused",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status } = yield* begun(subject)
      for (const wrong of [-1, 0.5, "1", null, undefined]) {
        Calls.refused(yield* Calls.turn(engine, wrong), "invalid_request", `turn ${wrong}`)
      }
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
    })
  },
  {
    name: "orders change the turn that they were given for",
    run: Effect.fnUntraced(function* (subject) {
      const [told, silent] = yield* Effect.all([begun(subject), begun(subject)])
      const given = yield* ordersOf(subject, told.engine, first)
      Calls.ordersIn(yield* Calls.order(told.engine, { actor: first, turn: 0, orders: given }))
      for (const { engine } of [told, silent]) Calls.statusIn(yield* Calls.turn(engine, 1))
      const reports = yield* Effect.all([Calls.report(told.engine, first, 1), Calls.report(silent.engine, first, 1)])
      assert.notDeepEqual(
        Calls.object(reports[0]),
        Calls.object(reports[1]),
        "the reports of turn 1, with orders and without: the orders changed nothing"
      )
    })
  },
  {
    name: "a banished race is out at once and for good, and gives no more orders",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const given = yield* ordersOf(subject, engine, second)
      const status = Calls.statusIn(yield* Calls.banish(engine, second))
      const out = status.players.map((it) => it.eliminated)
      assert.deepStrictEqual(out, [false, true, false])
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.banish(engine, second)), status, "asked again")
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
      Calls.refused(yield* Calls.order(engine, { actor: second, turn: 0, orders: given }), "conflict")
      Calls.refused(yield* Calls.command(engine, { actor: second, turn: 0, commands: given }), "conflict")
      const own = yield* ordersOf(subject, engine, first)
      Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 0, orders: own }))
      const after = Calls.statusIn(yield* Calls.turn(engine, 1))
      assert.isTrue(after.players[1]?.eliminated)
      assert.strictEqual(Calls.object(yield* Calls.report(engine, second, 0))["turn"], 0)
    })
  },
  {
    name: "banishing an unknown name is refused",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status } = yield* begun(subject)
      Calls.refused(yield* Calls.banish(engine, nobody), "not_found")
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
    })
  },
  {
    name: "winners are races of the game, each named once",
    run: Effect.fnUntraced(function* (subject) {
      const { winners } = yield* lastOne(subject)
      assert.includeMembers([...races], [...winners], "every winner is a race of the game, by its name")
      assert.strictEqual(new Set(winners).size, winners.length, "no winner is named twice")
    })
  },
  {
    name: "a finished game stays as it is: turns and orders are a conflict",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status, given } = yield* lastOne(subject)
      // Whether the last race wins is a rule of the game.
      if (!status.finished) {
        return yield* new NotTried({ reason: `with one race left, the game isn't finished by turn ${status.turn}` })
      }
      const { turn } = status
      const report = Calls.object(yield* Calls.report(engine, first, turn))
      Calls.refused(yield* Calls.turn(engine, turn + 1), "conflict", "the game is finished")
      Calls.refused(yield* Calls.order(engine, { actor: first, turn, orders: given }), "conflict", "it is finished")
      Calls.refused(yield* Calls.command(engine, { actor: first, turn, commands: given }), "conflict", "it is finished")
      if (turn > 0) {
        const again = Calls.statusIn(yield* Calls.turn(engine, turn))
        assert.deepStrictEqual(again, status, "the last turn, asked for again, answers what it answered")
      }
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status, "refused requests change nothing")
      assert.deepStrictEqual(Calls.object(yield* Calls.report(engine, first, turn)), report, "nor does a report change")
    })
  }
]
