import { Engine } from "@galaxy/engine/host/Engine"
import { seal, unseal } from "@galaxy/engine/host/sealed"
import { StateStore } from "@galaxy/engine/host/StateStore"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Result } from "effect"
import { Disk } from "../support/Disk.ts"
import { Machine, openEngine, root, withEngine } from "../support/engines.ts"
import { initOf, raceName } from "../support/games.ts"

/** A folder after two turns, with orders for the third. */
const played = Effect.gen(function* () {
  const disk = new Disk()
  const machine = new Machine()
  yield* withEngine(
    disk,
    machine,
    Effect.gen(function* () {
      const engine = yield* Engine
      yield* engine.init(initOf(2))
      for (const turn of [1, 2, 3]) {
        yield* engine.order({ actor: raceName(0), turn: undefined }, [{ op: "peace", race: raceName(1) }])
        if (turn < 3) yield* engine.turn(turn)
      }
      yield* engine.banish(raceName(1))
    })
  )
  return { disk, machine }
})

const refusal = (disk: Disk, machine: Machine) =>
  Effect.map(Effect.flip(withEngine(disk, machine, Effect.void)), (error) => error.message)

describe("a state folder", () => {
  const damage: ReadonlyArray<readonly [string, (text: string) => string | undefined, string]> = [
    ["galaxy/0000002.json", (text) => text.slice(0, 200), "galaxy/0000002.json is cut short"],
    ["galaxy/0000002.json", (text) => text.replace('"turn":2', '"turn":3'), "does not match its digest"],
    ["galaxy/0000002.json", () => "", "is cut short"],
    [
      "galaxy/0000002.json",
      (text) => text.replace('"version":5', '"version":6'),
      "has version 6; this engine reads up to 5"
    ],
    [
      "galaxy/0000002.json",
      (text) => text.replace('"version":5', '"version":0'),
      "has version 0; this engine reads up to 5"
    ],
    ["galaxy/0000002.json", (text) => text.replace('"version":5', '"version":2'), "does not match its digest"],
    ["galaxy/0000002.json", (text) => text.replace('"version":5', '"version":1'), "does not match its digest"],
    ["galaxy/0000002.json", (text) => text.replace("{", '{"a":1,'), "does not match its digest"],
    ["galaxy/0000001.json", () => undefined, "galaxy/0000001.json is missing"],
    ["turns/0000001.json", () => undefined, "turns/0000001.json is missing"],
    ["turns/0000004.json", () => "{}", "turns/0000004.json belongs to a turn that was not made"],
    ["orders/0000002/000.json", (text) => text.replace("peace", "war"), "orders/0000002/000.json"],
    ["orders/0000002/notes.txt", () => "", "orders/0000002/notes.txt is not part of a game's state"],
    [
      "orders/0000002/002.json",
      () => seal("orders", {}),
      "orders/0000002/002.json belongs to a race that does not exist"
    ],
    ["turns/0000002.json", () => "", "turns/0000002.json is cut short"],
    ["banished/0000003.json", () => "", "galaxy/0000003.json is missing, although there are decisions for that turn"],
    ["banished/0000002.json", () => "null", "banished/0000002.json is cut short"],
    ["galaxy/7.json", () => "{}", "galaxy/7.json is not part of a game's state"],
    ["PG_VERSION", () => "18", "PG_VERSION is not part of a game's state"],
    // Whole and sealed, but in the wrong place.
    [
      "orders/0000002/000.json",
      (text) => resealed("orders", text, { race: 1 }),
      "orders/0000002/000.json belongs to race 1"
    ],
    ["orders/0000002/000.json", (text) => resealed("orders", text, { turn: 1 }), "belongs to turn 1"],
    [
      "orders/0000002/000.json",
      (text) => resealed("orders", text, { game_id: "00000000-0000-4000-8000-000000000000" }),
      "belongs to game 00000000-0000-4000-8000-000000000000"
    ],
    ["galaxy/0000002.json", (text) => resealed("galaxy", text, { planets: [{}] }), "has unexpected content"],
    ["galaxy/0000002.json", (text) => resealed("galaxy", text, { races: [] }), "belongs to a race that does not exist"],
    ["galaxy/0000002.json", (text) => resealed("orders", text, {}), "is not a file of format galaxy-engine/galaxy"]
  ]

  for (const [file, change, problem] of damage) {
    it.effect(`is refused when ${file} is wrong, and says: ${problem}`, () =>
      Effect.gen(function* () {
        const { disk, machine } = yield* played
        const before = disk.texts().get(`${root}/${file}`) ?? ""
        const after = change(before)
        if (after === undefined) disk.remove(`${root}/${file}`)
        else disk.write(`${root}/${file}`, after)
        const untouched = [...disk.texts()]
        const message = yield* refusal(disk, machine)
        assert.include(message, problem)
        assert.include(message, "state file ")
        assert.deepStrictEqual([...disk.texts()], untouched)
        // Put right again it opens, and what was refused has let go of it.
        if (file === "PG_VERSION") {
          disk.remove(`${root}/${file}`)
          yield* withEngine(disk, machine, Effect.void)
        }
      })
    )
  }

  it.effect("names a broken file of the past when it is asked for, and keeps serving the rest", () =>
    Effect.gen(function* () {
      const { disk, machine } = yield* played
      disk.write(`${root}/turns/0000001.json`, "broken")
      yield* withEngine(
        disk,
        machine,
        Effect.gen(function* () {
          const engine = yield* Engine
          const error = yield* Effect.flip(engine.report(raceName(0), 1))
          assert.include(error.message, "turns/0000001.json")
          assert.strictEqual((yield* engine.report(raceName(0), 2)).turn, 2)
          assert.strictEqual((yield* engine.turn(3)).turn, 3)
        })
      )
    })
  )

  it.effect("may have hidden files about, and drops those of its own that a dead process left", () =>
    Effect.gen(function* () {
      const { disk, machine } = yield* played
      disk.write(`${root}/galaxy/.0000003.json.tmp`, "half")
      for (const other of [".DS_Store", "galaxy/.keep", "orders/.0000001.swp"]) disk.write(`${root}/${other}`, "")
      yield* disk.fileSystem.makeDirectory(`${root}/turns/.snapshot`)
      yield* withEngine(disk, machine, Effect.void)
      assert.isFalse(disk.texts().has(`${root}/galaxy/.0000003.json.tmp`))
      for (const other of [".DS_Store", "galaxy/.keep", "orders/.0000001.swp"]) {
        assert.isTrue(disk.texts().has(`${root}/${other}`), other)
      }
    })
  )
})

describe("the lock of a state folder", () => {
  it.effect("keeps a second process out while the first one lives, and says whom to look for", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const disk = new Disk()
        const machine = new Machine()
        const { self } = yield* openEngine(disk, machine)
        const message = yield* refusal(disk, machine)
        assert.strictEqual(message, `state folder ${root} is in use by ${self}`)
      })
    )
  )

  it.effect("keeps the same process out a second time", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const disk = new Disk()
        const machine = new Machine()
        const { self } = yield* openEngine(disk, machine)
        assert.strictEqual((yield* Effect.flip(openEngine(disk, machine, self)))._tag, "StateInUse")
      })
    )
  )

  it.effect("is let go of at a wanted end", () =>
    Effect.gen(function* () {
      const { disk, machine } = yield* played
      assert.isFalse(machine.owners.has(root))
      yield* withEngine(disk, machine, Effect.void)
    })
  )

  it.effect("of a dead process is taken over", () =>
    Effect.gen(function* () {
      const { disk, machine } = yield* played
      machine.owners.set(root, { owner: "process 99" })
      yield* withEngine(
        disk,
        machine,
        Effect.flatMap(Engine, (engine) => engine.turn(3))
      )
    })
  )

  it.effect("of a process that ends meanwhile is waited for", () =>
    Effect.gen(function* () {
      const { disk, machine } = yield* played
      const old = machine.start()
      machine.owners.set(root, { owner: old })
      let asked = 0
      const alive = machine.alive.has.bind(machine.alive)
      machine.alive.has = (identity) => (identity === old ? asked++ < 10 : alive(identity))
      yield* withEngine(disk, machine, Effect.void)
      assert.isAtLeast(asked, 10)
    })
  )

  it.effect("stops an owner who lost it before anything more is written", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { disk, machine } = yield* played
        const { context } = yield* openEngine(disk, machine)
        yield* Effect.gen(function* () {
          const engine = yield* Engine
          const store = yield* StateStore
          yield* store.held
          machine.owners.set(root, { owner: "another process" })
          const before = [...disk.texts()]
          const turn = yield* Effect.flip(engine.turn(3))
          assert.strictEqual(turn._tag, "StateLost")
          const order = yield* Effect.exit(engine.order({ actor: raceName(0), turn: undefined }, []))
          assert.isTrue(Exit.isFailure(order))
          assert.strictEqual((yield* Effect.flip(store.held))._tag, "StateLost")
          assert.deepStrictEqual([...disk.texts()], before)
        }).pipe(Effect.provideContext(context))
      })
    )
  )

  it.effect("is left alone by whoever lost it", () =>
    Effect.gen(function* () {
      const { disk, machine } = yield* played
      const other = { owner: "another process" }
      yield* withEngine(
        disk,
        machine,
        Effect.sync(() => machine.owners.set(root, other))
      )
      assert.strictEqual(machine.owners.get(root), other)
    })
  )
})

const resealed = (kind: "galaxy" | "orders", text: string, change: object): string => {
  const content = Result.getOrThrow(unseal(text.includes("galaxy-engine/galaxy") ? "galaxy" : "orders", text))
  return seal(kind, { ...(content as object), ...change })
}
