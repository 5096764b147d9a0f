/** Races that the engine plays itself: seated at init, never idle, closed to others, and the same after a restart. */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import { Engine } from "@galaxy/engine/host/Engine"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Disk } from "../support/Disk.ts"
import { Machine, root, withEngine } from "../support/engines.ts"
import { initOf, raceName } from "../support/games.ts"

const people = initOf(3, "computers")
/** The first race is people's, the others are computers. */
const init: InitRequest = {
  ...people,
  races: people.races.map((race, index) =>
    index === 0 ? race : index === 1 ? { ...race, computer: true } : { ...race, computer: true, computer_level: "hard" }
  )
}

const turnsTo = Effect.fnUntraced(function* (from: number, to: number) {
  const engine = yield* Engine
  for (let turn = from; turn <= to; turn++) yield* engine.turn(turn)
})

const galaxyIn = (disk: Disk, turn: number) => disk.texts().get(`${root}/galaxy/${String(turn).padStart(7, "0")}.json`)

describe("races played by the engine", () => {
  it.effect("give orders each turn, grow, and outlast a race that is idle", () =>
    withEngine(
      new Disk(),
      new Machine(),
      Effect.gen(function* () {
        const engine = yield* Engine
        yield* engine.init(init)
        yield* turnsTo(1, 12)
        const { players } = yield* engine.status
        assert.deepStrictEqual(
          players.map((it) => it.eliminated),
          [true, false, false]
        )
        assert.isAbove(players[1]?.planets ?? 0, 3)
        assert.isAbove(players[2]?.planets ?? 0, 3)
        const { orders, verdicts } = yield* engine.orders(raceName(1), 3)
        assert.isNotEmpty(orders)
        assert.isTrue(verdicts.every((it) => it.accepted))
      })
    )
  )

  it.effect("take no orders from anybody else", () =>
    withEngine(
      new Disk(),
      new Machine(),
      Effect.gen(function* () {
        const engine = yield* Engine
        yield* engine.init(init)
        const order = { op: "peace", race: raceName(0) } as const
        for (const refused of [
          engine.order({ actor: raceName(1), turn: 0 }, [order]),
          engine.command({ actor: raceName(2), turn: undefined }, [order])
        ]) {
          assert.strictEqual(
            (yield* Effect.flip<unknown, { readonly _tag: string }, never>(refused))._tag,
            "RaceOfComputer"
          )
        }
        yield* engine.order({ actor: raceName(0), turn: 0 }, [{ op: "peace", race: raceName(1) }])
      })
    )
  )

  it.effect("remember across a restart, and play the same game to the byte", () =>
    Effect.gen(function* () {
      const whole = new Disk()
      yield* withEngine(
        whole,
        new Machine(),
        Effect.andThen(
          Effect.flatMap(Engine, (it) => it.init(init)),
          turnsTo(1, 8)
        )
      )
      const restarted = new Disk()
      const machine = new Machine()
      yield* withEngine(
        restarted,
        machine,
        Effect.andThen(
          Effect.flatMap(Engine, (it) => it.init(init)),
          turnsTo(1, 4)
        )
      )
      yield* withEngine(restarted, machine, turnsTo(5, 8))
      assert.strictEqual(galaxyIn(restarted, 8), galaxyIn(whole, 8))
      assert.match(galaxyIn(whole, 8) ?? "", /"computer":\{"level":"fair","memory":\{.*"planets":\[\[/)
      assert.include(galaxyIn(whole, 0) ?? "", '"computer":{"level":"hard","memory":')
    })
  )

  it.effect("can take over a seat in the middle of a game, once and for good", () =>
    Effect.gen(function* () {
      const disk = new Disk()
      const machine = new Machine()
      yield* withEngine(
        disk,
        machine,
        Effect.gen(function* () {
          const engine = yield* Engine
          yield* engine.init(people)
          yield* turnsTo(1, 2)
          // What the player gave for the open turn is dropped with the player.
          yield* engine.order({ actor: raceName(1), turn: 2 }, [{ op: "quit", race: raceName(1) }])
          const taken = yield* engine.computer(raceName(1), "hard")
          assert.deepStrictEqual(
            taken.players.map((it) => it.computer),
            [undefined, true, undefined]
          )
          assert.deepInclude(taken.kept, { path: "computers/0000002.json", revision: 1 })
          assert.deepStrictEqual(yield* engine.computer(raceName(1), "easy"), taken)
          const order = engine.order({ actor: raceName(1), turn: 2 }, [])
          assert.strictEqual((yield* Effect.flip(order))._tag, "RaceOfComputer")
          assert.strictEqual((yield* Effect.flip(engine.computer("Nobody", "fair")))._tag, "RaceUnknown")
          yield* engine.banish(raceName(2))
          assert.strictEqual((yield* Effect.flip(engine.computer(raceName(2), "fair")))._tag, "RaceGone")
        })
      )
      // A restart before the turn is made forgets none of it.
      yield* withEngine(
        disk,
        machine,
        Effect.gen(function* () {
          const engine = yield* Engine
          assert.isTrue((yield* engine.status).players[1]?.computer)
          yield* turnsTo(3, 9)
          const { players } = yield* engine.status
          assert.deepStrictEqual(
            players.map((it) => it.eliminated),
            [false, false, true]
          )
          assert.isAbove(players[1]?.planets ?? 0, 3)
          const { orders } = yield* engine.orders(raceName(1), 2)
          assert.isNotEmpty(orders)
          assert.isFalse(orders.some((it) => it.op === "quit"))
        })
      )
      assert.include(galaxyIn(disk, 3) ?? "", '"computer":{"level":"hard","memory":')
    })
  )

  it.effect("can be banished like any other", () =>
    withEngine(
      new Disk(),
      new Machine(),
      Effect.gen(function* () {
        const engine = yield* Engine
        yield* engine.init(init)
        yield* engine.banish(raceName(2))
        yield* turnsTo(1, 2)
        assert.isTrue((yield* engine.status).players[2]?.eliminated)
      })
    )
  )
})
