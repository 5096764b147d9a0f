/** Checks of orders: verdicts, replacing a list and adding to it, and the turn that a list is for. */
import * as assert from "../../internal/assert.ts"
import { maxOrders } from "@galaxy/contract/engine/Limits"
import { Effect } from "effect"
import * as Calls from "./calls.ts"
import type { Check } from "./Check.ts"
import { begun, nobody, ordersOf, races } from "./game.ts"

const [first, second] = races

/**
 * Orders are kept per race and turn, and only those of the open turn can be written. Includes concurrent writes and the
 * longest list.
 */
export const orders: ReadonlyArray<Check> = [
  {
    name: "a race that gave no orders has none",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const nothing = { race: second, turn: 0, orders: [], verdicts: [] }
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, second, 0)), nothing)
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, second)), nothing)
    })
  },
  {
    name: "PUT answers a verdict for each order, in their order, and GET the same",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const [one, two] = yield* ordersOf(subject, engine, first)
      const given = [one, subject.refusedOrder, two]
      const answer = Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 0, orders: given }))
      assert.deepInclude(answer, { race: first, turn: 0 })
      assert.deepStrictEqual(answer.orders, given, "orders come back as they were written")
      assert.deepStrictEqual(
        answer.verdicts.map((it) => it.accepted),
        [true, false, true]
      )
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first, 0)), answer)
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first)), answer)
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, second, 0)).orders, [], "of that race alone")
    })
  },
  {
    name: "PUT replaces the list, also by an empty one, and again and again",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const [one, two, three] = yield* ordersOf(subject, engine, first)
      for (const given of [[one, two], [three], [], [two], [two]]) {
        const answer = Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 0, orders: given }))
        assert.deepStrictEqual(answer.orders, given)
        assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first, 0)), answer)
      }
    })
  },
  {
    name: "without a turn a write is for the open one",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const [one, two] = yield* ordersOf(subject, engine, first)
      assert.strictEqual(Calls.ordersIn(yield* Calls.order(engine, { actor: first, orders: [one] })).turn, 0)
      Calls.statusIn(yield* Calls.turn(engine, 1))
      const answer = Calls.ordersIn(yield* Calls.command(engine, { actor: first, commands: [two] }))
      assert.strictEqual(answer.turn, 1)
      assert.deepStrictEqual(answer.orders, [two], "a new turn begins with no orders")
    })
  },
  {
    name: "a write for a closed turn, or one to come, is a conflict and changes nothing",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const [one, two] = yield* ordersOf(subject, engine, first)
      Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 0, orders: [one] }))
      Calls.statusIn(yield* Calls.turn(engine, 1))
      const closed = Calls.ordersIn(yield* Calls.orders(engine, first, 0))
      assert.deepStrictEqual(closed.orders, [one], "a closed turn's orders can be read")
      for (const turn of [0, 2, 1000]) {
        Calls.refused(yield* Calls.order(engine, { actor: first, turn, orders: [two] }), "conflict", `turn ${turn}`)
        Calls.refused(yield* Calls.command(engine, { actor: first, turn, commands: [two] }), "conflict", `turn ${turn}`)
      }
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first, 0)), closed)
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first, 1)).orders, [])
      Calls.refused(yield* Calls.orders(engine, first, 2), "not_found")
    })
  },
  {
    name: "a command is added to the list",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const [one, two, three] = yield* ordersOf(subject, engine, first)
      const write = (commands: ReadonlyArray<unknown>) =>
        Effect.map(Calls.command(engine, { actor: first, turn: 0, commands }), Calls.ordersIn)
      assert.deepStrictEqual((yield* write([one])).orders, [one])
      const all = yield* write([two, three])
      assert.deepStrictEqual(all.orders, [one, two, three])
      assert.isTrue(all.verdicts.every((it) => it.accepted))
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first, 0)), all)
    })
  },
  {
    name: "a command with one refused order adds none of them",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const [one, two, three] = yield* ordersOf(subject, engine, first)
      const before = Calls.ordersIn(yield* Calls.command(engine, { actor: first, turn: 0, commands: [one] }))
      for (const commands of [
        [two, subject.refusedOrder, three],
        [subject.refusedOrder, two]
      ]) {
        Calls.refused(yield* Calls.command(engine, { actor: first, turn: 0, commands }), "invalid_request")
        assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first, 0)), before)
      }
    })
  },
  {
    name: "writes of one race that come at once are all kept",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const given = yield* ordersOf(subject, engine, first)
      yield* Effect.forEach(
        given,
        (it) => Effect.map(Calls.command(engine, { actor: first, turn: 0, commands: [it] }), Calls.ordersIn),
        { concurrency: "unbounded" }
      )
      const kept = Calls.ordersIn(yield* Calls.orders(engine, first, 0)).orders
      assert.sameDeepMembers([...kept], [...given])
    })
  },
  {
    name: "a list is as long as the contract allows, and no longer",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const most = Array.from({ length: maxOrders }, () => subject.refusedOrder)
      const write = (orders: ReadonlyArray<unknown>) => Calls.order(engine, { actor: first, turn: 0, orders })
      const full = Calls.ordersIn(yield* write(most))
      assert.strictEqual(full.verdicts.length, maxOrders)
      Calls.refused(yield* write([...most, subject.refusedOrder]), "invalid_request")
      const more = yield* ordersOf(subject, engine, first)
      Calls.refused(yield* Calls.command(engine, { actor: first, turn: 0, commands: more }), "invalid_request")
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first, 0)), full)
    })
  },
  {
    name: "an unknown race can neither write nor read orders",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const given = yield* ordersOf(subject, engine, first)
      Calls.refused(yield* Calls.order(engine, { actor: nobody, turn: 0, orders: given }), "not_found")
      Calls.refused(yield* Calls.command(engine, { actor: nobody, turn: 0, commands: given }), "not_found")
      Calls.refused(yield* Calls.orders(engine, nobody, 0), "not_found")
    })
  }
]
