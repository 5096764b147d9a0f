/** State folders of earlier engines: files as those wrote them (with `.sealed` for `.json`) are opened and played on. */
import { readdirSync, readFileSync } from "node:fs"
import { Engine } from "@galaxy/engine/host/Engine"
import { stateVersion, upgraded } from "@galaxy/engine/host/upgrades"
import { assert, describe, it } from "@effect/vitest"
import { revisionOf } from "@galaxy/engine/host/revision"
import { Effect, Result } from "effect"
import { Disk } from "../support/Disk.ts"
import { Machine, root, withEngine } from "../support/engines.ts"

const folderOf = Effect.fnUntraced(function* (version: number) {
  const disk = new Disk()
  const from = new URL(`version${version}/`, import.meta.url)
  for (const name of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".sealed")) continue
    const path = `${root}/${name.replace(/\.sealed$/, ".json")}`
    yield* disk.fileSystem.makeDirectory(path.slice(0, path.lastIndexOf("/")), { recursive: true })
    disk.write(path, readFileSync(new URL(name, from), "utf8"))
  }
  return disk
})

/** Plays on in a folder; what was in it before stays as it was, to the byte. */
const playOn = Effect.fnUntraced(function* <A, E>(disk: Disk, use: Effect.Effect<A, E, Engine>) {
  const before = [...disk.texts()]
  yield* withEngine(disk, new Machine(), use)
  const after = disk.texts()
  for (const [path, text] of before) assert.strictEqual(after.get(path), text)
})

describe("a state folder of version 1", () => {
  it.effect("is opened with its turns, reports and orders, and its files stay as they were", () =>
    Effect.gen(function* () {
      const disk = yield* folderOf(1)
      yield* playOn(
        disk,
        Effect.gen(function* () {
          const engine = yield* Engine
          assert.strictEqual((yield* engine.status).turn, 1)
          const report = yield* engine.report("Race_A0", 1)
          assert.deepStrictEqual(
            report.orders.map((it) => [it.order.op, it.accepted]),
            [
              ["produce", true],
              ["vote", false]
            ]
          )
          assert.deepStrictEqual([report.my_planets.length, report.my_groups, report.my_classes], [3, [], []])
          assert.deepStrictEqual((yield* engine.orders("Race_A0", undefined)).orders[0]?.product, "DRIVE")
          assert.strictEqual((yield* engine.turn(2)).turn, 2)
          const next = yield* engine.report("Race_A0", 2)
          assert.isAbove(next.players[0]?.drive ?? 0, 1)
          yield* engine.order({ actor: "Race_A0", turn: 2 }, [
            { op: "design_class", name: "Scout", drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
          ])
          yield* engine.turn(3)
          assert.strictEqual((yield* engine.report("Race_A0", 3)).my_classes[0]?.name, "Scout")
        })
      )
      assert.include(disk.texts().get(`${root}/galaxy/0000003.json`) ?? "", `"version":${stateVersion}`)
    })
  )
})

describe("a state folder of version 2", () => {
  it.effect("is opened with its ships, sciences and orders, and played on", () =>
    Effect.gen(function* () {
      const disk = yield* folderOf(2)
      yield* playOn(
        disk,
        Effect.gen(function* () {
          const engine = yield* Engine
          const report = yield* engine.report("Race_A0", 3)
          assert.deepStrictEqual(
            report.my_groups.map((it) => [it.class, it.ships]),
            [
              ["Scout", 47],
              ["Scout", 2],
              ["Hauler", 2]
            ]
          )
          assert.deepStrictEqual(
            report.my_sciences.map((it) => it.name),
            ["Mix"]
          )
          assert.strictEqual((yield* engine.orders("Race_A0", undefined)).orders[0]?.op, "peace")
          assert.strictEqual((yield* engine.turn(4)).turn, 4)
        })
      )
    })
  )

  it.effect("isn't taken for one of version 1, whose ships would be lost", () =>
    Effect.gen(function* () {
      for (const file of ["galaxy/0000003.json", "turns/0000003.json"]) {
        const disk = yield* folderOf(2)
        const path = `${root}/${file}`
        disk.write(path, (disk.texts().get(path) ?? "").replace('"version":2', '"version":1'))
        const refused = yield* Effect.flip(withEngine(disk, new Machine(), Effect.void))
        assert.include(refused.message, `${file} says version 1 but has content of a later version`)
      }
    })
  )
})

describe("a state folder of version 3", () => {
  it.effect("is opened and played on, with people for all races", () =>
    Effect.gen(function* () {
      const disk = yield* folderOf(3)
      yield* playOn(
        disk,
        Effect.gen(function* () {
          const engine = yield* Engine
          assert.strictEqual((yield* engine.status).turn, 1)
          assert.isNotEmpty((yield* engine.report("Race_A0", 1)).my_groups)
          yield* engine.order({ actor: "Race_B1", turn: 1 }, [{ op: "peace", race: "Race_A0" }])
          assert.strictEqual((yield* engine.turn(2)).turn, 2)
        })
      )
      assert.notInclude(disk.texts().get(`${root}/galaxy/0000002.json`) ?? "", "computer")
    })
  )
})

describe("a state folder of version 4", () => {
  it.effect("is opened with its orders, which count as written once, and played on", () =>
    Effect.gen(function* () {
      const disk = yield* folderOf(4)
      const path = `${root}/orders/0000001/000.json`
      yield* withEngine(
        disk,
        new Machine(),
        Effect.gen(function* () {
          const engine = yield* Engine
          const standing = yield* engine.orders("Race_A0", undefined)
          const revision = revisionOf(1, 1)
          assert.deepInclude(standing, { turn: 1, revision, counts: { orders: 1, refused: 0 } })
          assert.deepInclude(yield* engine.orders("Race_A0", 0), { revision: revisionOf(0, 1) })
          // A revision that an earlier version told is that of no list any more.
          for (const known of [1, 100_000_001, revision + 1]) {
            const stale = engine.order({ actor: "Race_A0", turn: 1 }, [], known)
            assert.strictEqual((yield* Effect.flip(stale))._tag, "OrdersChanged")
          }
          assert.include(disk.texts().get(path) ?? "", '"version":4')
          assert.strictEqual(
            (yield* engine.order({ actor: "Race_A0", turn: 1 }, standing.orders, revision)).revision,
            revision + 1
          )
          assert.include(disk.texts().get(path) ?? "", `"version":${stateVersion}`)
          const { players } = yield* engine.turn(2)
          assert.deepStrictEqual(
            players.map((it) => [it.eliminated, it.computer]),
            [
              [false, undefined],
              [true, undefined],
              [false, true]
            ]
          )
        })
      )
    })
  )
})

it("leaves what is no object to the schema that reads it", () => {
  for (const content of [null, 1, "x", []]) {
    assert.deepStrictEqual(upgraded("galaxy", 1, content), Result.succeed(content))
  }
})
