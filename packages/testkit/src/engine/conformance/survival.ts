/**
 * Checks of engines that are killed: after a restart the last complete turn and every acknowledged order are there
 * again.
 *
 * If a kill meets a write that isn't acknowledged yet, either outcome is right, but nothing between the two.
 */
import * as assert from "../../internal/assert.ts"
import { Effect, Fiber, Option } from "effect"
import * as Calls from "./calls.ts"
import type { RunningEngine, SurvivalCheck } from "./Check.ts"
import { begun, initOf, ordersOf, races } from "./game.ts"

const [first, second, third] = races

/** Everything that the platform can read of a game. */
export const everything = Effect.fnUntraced(function* (engine: RunningEngine) {
  const status = Calls.statusIn(yield* Calls.status(engine))
  const turns = Array.from({ length: status.turn + 1 }, (_, turn) => turn)
  const read = yield* Effect.forEach(races, (race) =>
    Effect.forEach(turns, (turn) =>
      Effect.all([
        Effect.map(Calls.report(engine, race, turn), Calls.object),
        Effect.map(Calls.orders(engine, race, turn), Calls.ordersIn)
      ])
    )
  )
  return { status, read }
})

/** Kills an engine at rest, in the middle of a turn and in the middle of a write. */
export const survival: ReadonlyArray<SurvivalCheck> = [
  {
    name: "without a galaxy a killed engine still waits for one",
    run: Effect.fnUntraced(function* (subject, restart) {
      const engine = yield* restart(yield* subject.start)
      Calls.refused(yield* Calls.status(engine), "conflict")
      assert.strictEqual(Calls.statusIn(yield* Calls.init(engine, initOf(subject))).turn, 0)
    })
  },
  {
    name: "turns, orders and banishments that were answered survive a kill",
    run: Effect.fnUntraced(function* (subject, restart) {
      const { engine, status: initial } = yield* begun(subject)
      const [one, two, three] = yield* ordersOf(subject, engine, first)
      Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 0, orders: [one, subject.refusedOrder] }))
      const made = Calls.statusIn(yield* Calls.turn(engine, 1))
      Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 1, orders: [two] }))
      Calls.ordersIn(yield* Calls.command(engine, { actor: first, turn: 1, commands: [three] }))
      Calls.statusIn(yield* Calls.banish(engine, third))
      const before = yield* everything(engine)

      const again = yield* restart(engine)
      assert.deepStrictEqual(yield* everything(again), before)
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.init(again, initOf(subject))), initial)
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.turn(again, 1)), made)
      Calls.refused(yield* Calls.order(again, { actor: third, turn: 1, orders: [] }), "conflict")
      const next = Calls.statusIn(yield* Calls.turn(again, 2))
      assert.strictEqual(next.turn, 2)
      assert.isTrue(next.players[2]?.eliminated)
    })
  },
  {
    name: "a killed engine makes the turn that it would have made",
    run: Effect.fnUntraced(function* (subject, restart) {
      const [killed, spared] = yield* Effect.all([begun(subject), begun(subject)])
      for (const { engine } of [killed, spared]) {
        const given = yield* ordersOf(subject, engine, second)
        Calls.ordersIn(yield* Calls.order(engine, { actor: second, turn: 0, orders: given }))
      }
      const again = yield* restart(killed.engine)
      for (const engine of [again, spared.engine]) Calls.statusIn(yield* Calls.turn(engine, 1))
      assert.deepStrictEqual(yield* everything(again), yield* everything(spared.engine))
    })
  },
  {
    name: "a kill in the middle of a turn leaves the turn before, or the whole turn",
    run: Effect.fnUntraced(function* (subject, restart) {
      let { engine } = yield* begun(subject)
      for (let turn = 1; turn <= 4; turn++) {
        const given = yield* ordersOf(subject, engine, first, turn * 3)
        Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: turn - 1, orders: given }))
        const before = yield* everything(engine)
        const asked = yield* Effect.forkChild(Effect.option(Calls.turn(engine, turn)))
        // The first kill meets a turn that is hardly begun, later ones meet it later.
        yield* Effect.sleep((turn - 1) * 8)
        engine = yield* restart(engine)
        const answered = yield* Fiber.join(asked)
        const after = yield* everything(engine)
        // An engine that is ending may say so instead of hanging up; only what it accepted must be there.
        const accepted = Option.isSome(answered) && answered.value.status === 200
        if (accepted) assert.deepStrictEqual(after.status, Calls.statusIn(answered.value))
        if (after.status.turn < turn) assert.deepStrictEqual(after, before)
        const made = Calls.statusIn(yield* Calls.turn(engine, turn))
        assert.strictEqual(made.turn, turn)
        if (after.status.turn === turn) assert.deepStrictEqual(made, after.status)
        const standing = Calls.ordersIn(yield* Calls.orders(engine, first, turn - 1)).orders
        assert.deepStrictEqual(standing, given)
      }
    })
  },
  {
    name: "a kill in the middle of a write leaves the orders before, or the new ones",
    run: Effect.fnUntraced(function* (subject, restart) {
      let { engine } = yield* begun(subject)
      let standing: ReadonlyArray<unknown> = []
      for (let round = 0; round < 4; round++) {
        const given = yield* ordersOf(subject, engine, first, round * 3)
        const asked = yield* Effect.forkChild(
          Effect.option(Calls.order(engine, { actor: first, turn: 0, orders: given }))
        )
        yield* Effect.sleep(round * 4)
        engine = yield* restart(engine)
        const answered = yield* Fiber.join(asked)
        const found = Calls.ordersIn(yield* Calls.orders(engine, first, 0)).orders
        const accepted = Option.isSome(answered) && answered.value.status === 200
        if (accepted) assert.deepStrictEqual(found, given)
        else assert.deepInclude([standing, given], found)
        standing = found
      }
    })
  }
]
