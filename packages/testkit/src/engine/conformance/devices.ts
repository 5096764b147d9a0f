/** Checks of what an engine may do without: revisions of orders, counts, and seats that it takes over. */
import * as assert from "../../internal/assert.ts"
import { Kept, OrderCounts, Revision } from "@galaxy/contract/engine/Order"
import { Effect, Schema } from "effect"
import * as Calls from "./calls.ts"
import { type Check, NotTried } from "./Check.ts"
import { begun, nobody, ordersOf, races } from "./game.ts"

const [first, second] = races

const Written = Schema.Struct({
  revision: Schema.optionalKey(Revision),
  counts: Schema.optionalKey(OrderCounts),
  kept: Schema.optionalKey(Kept)
})
const decodeWritten = Schema.decodeUnknownSync(Written)

/** What the answer says beside orders and verdicts; `NotTried` where it has no revision. */
const written = Effect.fnUntraced(function* (answer: Calls.CallAnswer) {
  Calls.ordersIn(answer)
  const { revision, ...rest } = decodeWritten(Calls.object(answer))
  if (revision === undefined) return yield* new NotTried({ reason: "the engine doesn't count revisions" })
  return { revision, ...rest }
})

/** Two devices of one player, and players who stay away. */
export const devices: ReadonlyArray<Check> = [
  {
    name: "of two devices that know the same orders, one replaces them",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const [one, two, three] = yield* ordersOf(subject, engine, first)
      const put = (orders: ReadonlyArray<unknown>, revision?: number) =>
        Calls.order(engine, {
          actor: first,
          turn: 0,
          orders,
          ...(revision === undefined ? {} : { if_revision: revision })
        })
      const begin = yield* written(yield* Calls.orders(engine, first))
      const a = yield* written(yield* put([one, subject.refusedOrder]))
      assert.isAbove(a.revision, begin.revision, "every write makes the revision greater")
      if (a.counts !== undefined) assert.deepStrictEqual(a.counts, { orders: 2, refused: 1 })
      if (a.kept !== undefined) assert.strictEqual(a.kept.revision, 1)
      const b = yield* written(yield* put([two], a.revision))
      assert.isAbove(b.revision, a.revision)
      Calls.refused(yield* put([three], a.revision), "conflict", "somebody else has written since")
      const standing = yield* Calls.orders(engine, first)
      assert.deepStrictEqual(Calls.ordersIn(standing).orders, [two], "and nothing has changed")
      assert.strictEqual((yield* written(standing)).revision, b.revision)
      const c = yield* written(yield* put([three], 0))
      assert.isAbove(c.revision, b.revision, "0 replaces whatever stands")
      const answers = yield* Effect.all(
        [one, two, three].map((order) => put([order], c.revision)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        answers.map((it) => it.status).toSorted((a, b) => a - b),
        [200, 409, 409]
      )
      const other = yield* written(yield* Calls.orders(engine, second))
      assert.strictEqual(other.revision, begin.revision, "of that race alone")
    })
  },
  {
    name: "of two devices that know the list that nobody has written, one writes",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const [one, two] = yield* ordersOf(subject, engine, first)
      const { revision } = yield* written(yield* Calls.orders(engine, first))
      if (revision === 0) return yield* new NotTried({ reason: "a list that nobody has written has revision 0" })
      const put = (order: unknown) =>
        Calls.order(engine, { actor: first, turn: 0, orders: [order], if_revision: revision })
      yield* written(yield* put(one))
      Calls.refused(yield* put(two), "conflict", "somebody else has written since")
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first)).orders, [one], "nothing has changed")
    })
  },
  {
    name: "no list of a turn has a revision of an earlier turn's",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const [one, two] = yield* ordersOf(subject, engine, first)
      const put = (orders: ReadonlyArray<unknown>, revision?: number) =>
        Calls.order(engine, { actor: first, orders, ...(revision === undefined ? {} : { if_revision: revision }) })
      const known = [(yield* written(yield* put([one]))).revision, (yield* written(yield* put([two]))).revision]
      Calls.statusIn(yield* Calls.turn(engine, 1))
      for (const revision of known) {
        Calls.refused(yield* put([one], revision), "conflict", "the turn's list isn't that one")
      }
      for (const orders of [[one], [two]]) {
        const { revision } = yield* written(yield* put(orders))
        assert.notInclude(known, revision)
      }
      for (const revision of known) {
        Calls.refused(yield* put([], revision), "conflict", "the turn's list isn't that one")
      }
      assert.deepStrictEqual(Calls.ordersIn(yield* Calls.orders(engine, first)).orders, [two], "nothing has changed")
    })
  },
  {
    name: "a race that the engine takes over plays on, and nobody else gives it orders",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      const take = (race: string) =>
        Calls.send(engine, "POST", "/api/v1/admin/race/computer", { text: JSON.stringify({ race }) })
      const taken = yield* take(second)
      if (taken.status === 404 || taken.status === 400) {
        return yield* new NotTried({ reason: "the engine has no computer players" })
      }
      const status = Calls.statusIn(taken)
      assert.isFalse(status.players[1]?.eliminated)
      assert.deepStrictEqual(Calls.statusIn(yield* take(second)), status, "asked again it changes nothing")
      const given = yield* ordersOf(subject, engine, second)
      Calls.refused(yield* Calls.order(engine, { actor: second, turn: 0, orders: given }), "conflict")
      Calls.refused(yield* take(nobody), "not_found")
      Calls.statusIn(yield* Calls.turn(engine, 1))
      Calls.refused(yield* Calls.order(engine, { actor: second, turn: 1, orders: given }), "conflict")
      assert.strictEqual(Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 1, orders: [] })).turn, 1)
    })
  }
]
