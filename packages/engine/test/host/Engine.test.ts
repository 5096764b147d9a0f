import { GameId } from "@galaxy/contract/ids/Ids"
import { maxOrders } from "@galaxy/contract/engine/Limits"
import type { Order } from "@galaxy/contract/engine/Order"
import { Engine } from "@galaxy/engine/host/Engine"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { Disk } from "../support/Disk.ts"
import { Machine, root, withEngine } from "../support/engines.ts"
import { gameId, gameOf, initOf, raceName } from "../support/games.ts"

const [ada, lin] = [raceName(0), raceName(1)]
const now = (actor: string) => ({ actor, turn: undefined })
const planets = gameOf(3).planets.filter((planet) => planet.owner === 0)
const produce = (product: string): Order => ({ op: "produce", planet: planets[0]!.number, product })
const wrong: Order = { op: "vote", race: "nobody" }

/** A test in a game of three races. */
const inGame = (
  name: string,
  test: (engine: Engine["Service"], disk: Disk) => Effect.Effect<void, unknown>,
  begin = true
) =>
  it.effect(name, () => {
    const disk = new Disk()
    return withEngine(
      disk,
      new Machine(),
      Effect.gen(function* () {
        const engine = yield* Engine
        if (begin) yield* engine.init(initOf(3))
        yield* test(engine, disk)
      })
    )
  })

describe("an engine without a game", () => {
  inGame(
    "has nothing to show and takes no orders",
    (engine) =>
      Effect.gen(function* () {
        for (const call of [
          engine.status,
          engine.turn(1),
          engine.banish(ada),
          engine.order(now(ada), []),
          engine.command(now(ada), []),
          engine.orders(ada, undefined),
          engine.report(ada, undefined)
        ]) {
          const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(call)
          assert.strictEqual(error._tag, "NoGame")
        }
      }),
    false
  )

  inGame(
    "refuses races that can't be told apart, and begins with better ones",
    (engine) =>
      Effect.gen(function* () {
        const { races, ...rest } = initOf(2)
        const twins = [races[0]!, { ...races[1]!, name: races[0]!.name.toLowerCase() }]
        assert.strictEqual((yield* Effect.flip(engine.init({ ...rest, races: twins })))._tag, "SameName")
        assert.strictEqual((yield* engine.init(initOf(2))).turn, 0)
      }),
    false
  )
})

describe("init", () => {
  inGame("answers the same when asked again, at any time", (engine) =>
    Effect.gen(function* () {
      const first = yield* engine.init(initOf(3))
      yield* engine.order(now(ada), [produce("DRIVE")])
      yield* engine.turn(1)
      assert.deepStrictEqual(yield* engine.init(initOf(3)), first)
      assert.deepStrictEqual(yield* engine.init(initOf(5, "another seed")), first)
      assert.strictEqual((yield* engine.status).turn, 1)
    })
  )

  inGame("for another game is refused", (engine) =>
    Effect.gen(function* () {
      const other = { ...initOf(3), game_id: GameId.make("00000000-0000-4000-8000-000000000001") }
      const error = yield* Effect.flip(engine.init(other))
      assert.strictEqual(error._tag, "OtherGame")
      assert.include(error.message, gameId)
    })
  )
})

describe("turn", () => {
  inGame("is made once: asked again, it answers the same and changes nothing", (engine, disk) =>
    Effect.gen(function* () {
      yield* engine.order(now(ada), [produce("DRIVE")])
      const first = yield* engine.turn(1)
      yield* engine.order(now(ada), [produce("MAT")])
      const before = [...disk.texts()]
      assert.deepStrictEqual(yield* engine.turn(1), first)
      assert.deepStrictEqual([...disk.texts()], before)
      yield* engine.turn(2)
      assert.deepStrictEqual(yield* engine.turn(1), first)
      assert.strictEqual((yield* engine.turn(0)).turn, 0)
    })
  )

  inGame("is made once by fifty who ask at the same time", (engine) =>
    Effect.gen(function* () {
      const answers = yield* Effect.all(
        Array.from({ length: 50 }, () => engine.turn(1)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(new Set(answers.map((it) => JSON.stringify(it))).size, 1)
      assert.strictEqual((yield* engine.status).turn, 1)
    })
  )

  inGame("beyond the next is refused", (engine) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(engine.turn(2))
      assert.deepInclude(error, { _tag: "TurnNotNext", turn: 2, next: 1 })
    })
  )

  inGame("is none after the end, when nothing can be ordered either", (engine) =>
    Effect.gen(function* () {
      yield* engine.banish(ada)
      yield* engine.banish(raceName(2))
      const end = yield* engine.turn(1)
      assert.deepStrictEqual([end.finished, end.winners], [true, [lin]])
      assert.deepStrictEqual(yield* engine.turn(1), end)
      assert.strictEqual((yield* Effect.flip(engine.turn(2)))._tag, "GameFinished")
      assert.strictEqual((yield* Effect.flip(engine.order(now(lin), [])))._tag, "GameFinished")
      assert.strictEqual((yield* Effect.flip(engine.command(now(lin), [])))._tag, "GameFinished")
      assert.strictEqual((yield* Effect.flip(engine.banish(lin)))._tag, "GameFinished")
      // Whoever lost the answer to the last banishment gets it again.
      assert.deepStrictEqual(yield* engine.banish(raceName(2)), yield* engine.status)
      assert.strictEqual((yield* engine.report(lin, undefined)).finished, true)
    })
  )
})

describe("orders", () => {
  inGame("are replaced only by those who know what stands, if they say what they know", (engine) =>
    Effect.gen(function* () {
      assert.deepInclude(yield* engine.orders(ada, undefined), { revision: 1, counts: { orders: 0, refused: 0 } })
      const order = (product: string, ifRevision?: number) => engine.order(now(ada), [produce(product)], ifRevision)
      assert.strictEqual((yield* Effect.flip(order("CAP", 2)))._tag, "OrdersChanged")
      // Of several devices that know the list that nobody has written, one wins.
      const first = yield* Effect.all(
        ["CAP", "DRIVE"].map((product) => Effect.exit(order(product, 1))),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(first.filter(Exit.isSuccess).length, 1)
      assert.strictEqual((yield* order("MAT", 2)).revision, 3)
      const late = yield* Effect.flip(order("DRIVE", 2))
      assert.deepInclude(late, { _tag: "OrdersChanged", message: "the orders have revision 3 by now, not 2" })
      assert.deepInclude(yield* engine.orders(ada, undefined), { revision: 3, orders: [produce("MAT")] })
      assert.strictEqual((yield* engine.command(now(ada), [{ op: "peace", race: lin }])).revision, 4)
      assert.strictEqual((yield* Effect.flip(order("DRIVE", 3)))._tag, "OrdersChanged")
      // A batch of none writes nothing.
      assert.strictEqual((yield* engine.command(now(ada), [])).revision, 4)
      assert.strictEqual((yield* order("DRIVE", 0)).revision, 5)
      assert.strictEqual((yield* order("DRIVE")).revision, 6)
      // Of several devices that know the same, one wins.
      const outcomes = yield* Effect.all(
        ["CAP", "MAT", "DRIVE"].map((product) => Effect.exit(order(product, 6))),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(outcomes.filter(Exit.isSuccess).length, 1)
      assert.strictEqual((yield* engine.orders(lin, undefined)).revision, 1)
      yield* engine.turn(1)
      assert.strictEqual((yield* engine.orders(ada, 0)).revision, 7)
    })
  )

  inGame("of one turn are never taken for those of the next", (engine) =>
    Effect.gen(function* () {
      const put = (ifRevision?: number) => engine.order({ actor: ada, turn: undefined }, [produce("CAP")], ifRevision)
      const known = [(yield* put()).revision, (yield* put()).revision]
      yield* engine.turn(1)
      const begun = (yield* engine.orders(ada, undefined)).revision
      assert.notInclude([0, ...known], begun)
      // Whoever names no turn and the revision of the last one is refused, before anything was written and after.
      for (const revision of known) assert.strictEqual((yield* Effect.flip(put(revision)))._tag, "OrdersChanged")
      // Of two devices that know the empty list, one writes.
      const { revision, kept } = yield* put(begun)
      assert.strictEqual((yield* Effect.flip(put(begun)))._tag, "OrdersChanged")
      for (const earlier of known) assert.strictEqual((yield* Effect.flip(put(earlier)))._tag, "OrdersChanged")
      assert.strictEqual((yield* put(revision)).revision, (revision ?? 0) + 1)
      assert.deepInclude(kept, { path: "orders/0000001/000.json", revision: 1 })
      assert.deepStrictEqual((yield* engine.orders(ada, 0)).revision, known[1])
    })
  )

  inGame("replace the list, are read back as they were written, with a verdict for each", (engine, disk) =>
    Effect.gen(function* () {
      yield* engine.order(now(ada), [produce("CAP"), produce("MAT")])
      const written = yield* engine.order({ actor: ada.toLowerCase(), turn: 0 }, [produce("drive"), wrong])
      const { kept, ...answer } = written
      assert.deepInclude(answer, { revision: 3, counts: { orders: 2, refused: 1 } })
      assert.deepInclude(kept, { path: "orders/0000000/000.json", revision: 2 })
      assert.deepStrictEqual(
        answer.verdicts.map(({ position, accepted, code }) => [position, accepted, code]),
        [
          [0, true, undefined],
          [1, false, "unknown_race"]
        ]
      )
      // Read back, it has its file too: storing it may have been cut off.
      assert.deepStrictEqual(yield* engine.orders(ada, undefined), written)
      assert.deepStrictEqual(yield* engine.orders(ada, 0), written)
      assert.notProperty(yield* engine.orders(lin, 0), "kept")
      assert.deepStrictEqual(answer.orders, [produce("drive"), wrong])
      assert.strictEqual(disk.texts().get(`${root}/${kept?.path}`), kept?.sealed)
      assert.strictEqual(answer.race, ada)
      assert.deepStrictEqual((yield* engine.orders(lin, 0)).orders, [])
    })
  )

  inGame("of a closed turn are kept, with what became of them", (engine) =>
    Effect.gen(function* () {
      const { kept } = yield* engine.order(now(ada), [produce("drive"), wrong])
      yield* engine.turn(1)
      const past = yield* engine.orders(ada, 0)
      // The platform may not know of turn 1 yet.
      assert.deepStrictEqual(past.kept, kept)
      assert.notProperty(yield* engine.orders(lin, 0), "kept")
      assert.deepStrictEqual(past.orders, [produce("drive"), wrong])
      assert.deepStrictEqual(
        past.verdicts.map((it) => it.accepted),
        [true, false]
      )
      assert.deepStrictEqual((yield* engine.orders(ada, undefined)).orders, [])
      assert.deepStrictEqual(
        (yield* engine.report(ada, 1)).orders.map((it) => it.accepted),
        [true, false]
      )
    })
  )

  inGame("for another turn than the open one are refused, and so are commands", (engine) =>
    Effect.gen(function* () {
      yield* engine.turn(1)
      for (const turn of [0, 2]) {
        const error = yield* Effect.flip(engine.order({ actor: ada, turn }, []))
        assert.deepInclude(error, { _tag: "TurnNotOpen", turn, open: 1 })
        assert.strictEqual((yield* Effect.flip(engine.command({ actor: ada, turn }, [])))._tag, "TurnNotOpen")
      }
      yield* engine.order({ actor: ada, turn: 1 }, [])
    })
  )

  inGame("are at most so many, whether written at once or added up", (engine) =>
    Effect.gen(function* () {
      const many = Array.from({ length: maxOrders }, () => produce("CAP"))
      assert.strictEqual((yield* engine.order(now(ada), many)).orders.length, maxOrders)
      assert.strictEqual((yield* Effect.flip(engine.order(now(ada), [...many, wrong])))._tag, "TooManyOrders")
      assert.strictEqual((yield* Effect.flip(engine.command(now(ada), [produce("CAP")])))._tag, "TooManyOrders")
    })
  )

  inGame("of an unknown race are nobody's", (engine) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(engine.order(now("Zed"), [])))._tag, "RaceUnknown")
      assert.strictEqual((yield* Effect.flip(engine.orders("Zed", undefined)))._tag, "RaceUnknown")
      assert.strictEqual((yield* Effect.flip(engine.report("Zed", undefined)))._tag, "RaceUnknown")
    })
  )
})

describe("commands", () => {
  inGame("are appended, and judged after what is there already", (engine) =>
    Effect.gen(function* () {
      const rename: Order = { op: "rename_planet", planet: planets[0]!.number, name: "Eden" }
      yield* engine.order(now(ada), [rename, wrong])
      yield* engine.command(now(ada), [produce("MAT")])
      const taken: Order = { op: "rename_planet", planet: planets[1]!.number, name: "Eden" }
      const error = yield* Effect.flip(engine.command(now(ada), [produce("CAP"), taken]))
      assert.strictEqual(error._tag, "CommandsRefused")
      assert.include(error.message, "command 1: name_taken")
      assert.deepStrictEqual((yield* engine.orders(ada, undefined)).orders, [rename, wrong, produce("MAT")])
    })
  )

  inGame("of many at once all arrive, each batch whole", (engine) =>
    Effect.gen(function* () {
      const batch = (number: number): ReadonlyArray<Order> => [
        { op: "rename_planet", planet: planets[0]!.number, name: `First${number}` },
        { op: "rename_planet", planet: planets[1]!.number, name: `Second${number}` }
      ]
      yield* Effect.forEach(
        Array.from({ length: 40 }, (_, number) => number),
        (number) => engine.command(now(ada), batch(number)),
        { concurrency: "unbounded" }
      )
      const names = (yield* engine.orders(ada, undefined)).orders.map((it) => it.name ?? "")
      assert.strictEqual(names.length, 80)
      for (let at = 0; at < 80; at += 2) assert.strictEqual(names[at + 1], names[at]!.replace("First", "Second"))
    })
  )
})

describe("banishing", () => {
  inGame("shows at once, closes the race's orders, and happens with the next turn", (engine, disk) =>
    Effect.gen(function* () {
      yield* engine.order(now(lin), [{ op: "peace", race: ada }])
      const answer = yield* engine.banish(lin.toUpperCase())
      const { kept, counts, ...status } = answer
      assert.deepInclude(kept, { path: "banished/0000000.json", revision: 1 })
      assert.strictEqual(disk.texts().get(`${root}/${kept?.path}`), kept?.sealed)
      assert.deepStrictEqual(counts, { orders: 0, refused: 0 })
      assert.deepInclude(status.players[1], { eliminated: true, planets: 0, population: 0, industry: 0 })
      assert.deepStrictEqual(yield* engine.banish(lin), answer)
      assert.deepStrictEqual(yield* engine.status, status)
      assert.strictEqual((yield* Effect.flip(engine.order(now(lin), [])))._tag, "RaceGone")
      assert.strictEqual((yield* Effect.flip(engine.command(now(lin), [])))._tag, "RaceGone")
      yield* engine.order(now(ada), [{ op: "peace", race: lin }])
      const after = yield* engine.turn(1)
      assert.isTrue(after.players[1]?.eliminated)
      const report = yield* engine.report(lin, 1)
      assert.deepStrictEqual([report.my_planets, report.orders], [[], []])
      assert.deepStrictEqual(yield* engine.banish(lin), after)
      assert.strictEqual((yield* Effect.flip(engine.order(now(lin), [])))._tag, "RaceGone")
      assert.strictEqual((yield* Effect.flip(engine.banish("Zed")))._tag, "RaceUnknown")
    })
  )
})

describe("a report", () => {
  inGame("of any turn so far is kept, the newest when none is named", (engine) =>
    Effect.gen(function* () {
      const first = yield* engine.report(ada, 0)
      for (const turn of [1, 2, 3]) yield* engine.turn(turn)
      assert.deepStrictEqual(yield* engine.report(ada, 0), first)
      for (const turn of [3, 1, 2]) assert.strictEqual((yield* engine.report(ada, turn)).turn, turn)
      assert.strictEqual((yield* engine.report(ada, undefined)).turn, 3)
      const error = yield* Effect.flip(engine.report(ada, 4))
      assert.deepInclude(error, { _tag: "TurnUnknown", turn: 4 })
      assert.strictEqual((yield* Effect.flip(engine.orders(ada, 4)))._tag, "TurnUnknown")
    })
  )
})
