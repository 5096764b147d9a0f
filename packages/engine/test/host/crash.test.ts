/**
 * A game on a disk that goes wrong at each of its operations in turn: whatever was answered stays, a turn is there whole
 * or not at all, and a caller who asks again ends up where nothing had gone wrong.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import { Engine } from "@galaxy/engine/host/Engine"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { Disk, type Fault, Stopped, type Survivors } from "../support/Disk.ts"
import { Machine, root, withEngine } from "../support/engines.ts"
import { gameOf, initOf, raceName } from "../support/games.ts"

const init = initOf(3, "crash")
const planetOf = (race: number): number => gameOf(3, "crash").planets.find((planet) => planet.owner === race)!.number
const [ada, lin, eve] = [raceName(0), raceName(1), raceName(2)]
const materials: Order = { op: "produce", planet: planetOf(0), product: "MAT" }
const drive: Order = { op: "produce", planet: planetOf(1), product: "DRIVE" }
const friend: Order = { op: "peace", race: lin }
const refused: Order = { op: "vote", race: "nobody" }
const rename: Order = { op: "rename_planet", planet: planetOf(1), name: "Eden" }

/** What callers know: everything that was answered. */
interface Known {
  readonly turn: number
  readonly orders: Readonly<Record<string, ReadonlyArray<Order>>>
  readonly gone: ReadonlyArray<string>
}
const unknown: Known = { turn: -1, orders: {}, gone: [] }

interface Step {
  readonly name: string
  readonly call: Effect.Effect<unknown, unknown, Engine>
  /** What is known once it was answered. */
  readonly answered: (known: Known) => Known
}

const put = (race: string, orders: ReadonlyArray<Order>): Step => ({
  name: `orders of ${race}`,
  call: Effect.flatMap(Engine, (engine) => engine.order({ actor: race, turn: undefined }, orders)),
  answered: (known) => ({ ...known, orders: { ...known.orders, [race]: orders } })
})

/** Whoever lost the answer asks with the revision that they know; they never write over somebody else's list. */
const putOnce = (race: string, orders: ReadonlyArray<Order>): Step => ({
  ...put(race, orders),
  name: `orders of ${race}, with a revision`,
  call: Effect.gen(function* () {
    const engine = yield* Engine
    const standing = yield* engine.orders(race, undefined)
    const done = JSON.stringify(standing.orders) === JSON.stringify(orders)
    if (!done) yield* engine.order({ actor: race, turn: undefined }, orders, standing.revision)
    const { revision } = yield* engine.orders(race, undefined)
    assert.isAtMost(revision ?? 0, (standing.revision ?? 0) + 1)
  })
})

const turn = (number: number): Step => ({
  name: `turn ${number}`,
  call: Effect.flatMap(Engine, (engine) => engine.turn(number)),
  answered: (known) => ({ ...known, turn: number, orders: {} })
})

const steps: ReadonlyArray<Step> = [
  {
    name: "init",
    call: Effect.flatMap(Engine, (engine) => engine.init(init)),
    answered: () => ({ turn: 0, orders: {}, gone: [] })
  },
  put(ada, [materials, refused]),
  put(lin, [drive]),
  {
    name: "command",
    // A command isn't idempotent: whoever lost the answer looks before asking again.
    call: Effect.gen(function* () {
      const engine = yield* Engine
      const standing = yield* engine.orders(ada, undefined)
      if (standing.orders.length === 2) yield* engine.command({ actor: ada, turn: 0 }, [friend])
    }),
    answered: (known) => ({ ...known, orders: { ...known.orders, [ada]: [materials, refused, friend] } })
  },
  turn(1),
  put(lin, [rename]),
  put(lin, []),
  putOnce(lin, [rename]),
  {
    name: "banish",
    call: Effect.flatMap(Engine, (engine) => engine.banish(eve)),
    answered: (known) => ({ ...known, gone: [eve] })
  },
  turn(2)
]

/** A list that was written once more, since its first answer was lost, says so; all else of it is the same. */
const withoutRevision = (path: string, text: string): string =>
  path.startsWith(`${root}/orders/`) ? (text.split("\n")[1] ?? "").replace(/"revision":\d+,/, "") : text

/** The lasting files; the lock is whoever's. */
const filesOf = (disk: Disk): ReadonlyMap<string, string> =>
  new Map(
    [...disk.texts()]
      .filter(([path]) => path.endsWith(".json"))
      .map(([path, text]) => [path, withoutRevision(path, text)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )

const playAll = (from: ReadonlyArray<Step>) => Effect.forEach(from, (step) => step.call, { discard: true })

/** The same game with nothing going wrong. */
const undisturbed = Effect.gen(function* () {
  const disk = new Disk()
  const machine = new Machine()
  yield* withEngine(disk, machine, playAll(steps))
  return { files: filesOf(disk), operations: [...disk.operations] }
})

/** What the engine shows agrees with what is known; `open` may have happened or not. */
const agrees = (known: Known, open: Step | undefined) =>
  Effect.gen(function* () {
    const engine = yield* Engine
    const maybe = open?.answered(known) ?? known
    const status = yield* Effect.option(engine.status)
    const reached = status._tag === "Some" ? status.value.turn : -1
    assert.oneOf(reached, [known.turn, maybe.turn])
    if (status._tag === "None" || reached !== known.turn) return
    const gone = status.value.players.filter((it) => it.eliminated).map((it) => it.race)
    oneOf(gone, [known.gone, maybe.gone])
    for (const race of [ada, lin]) {
      const { orders } = yield* engine.orders(race, undefined)
      oneOf(orders, [known.orders[race] ?? [], maybe.orders[race] ?? []])
    }
    for (let past = 0; past <= reached; past++) {
      assert.strictEqual((yield* engine.report(ada, past)).turn, past)
    }
  })

/** An engine that goes on after a failed write takes as made what a later one would find made. */
const seesWhatIsThere = (disk: Disk) =>
  Effect.gen(function* () {
    const engine = yield* Engine
    const status = yield* Effect.option(engine.status)
    const made = [...filesOf(disk).keys()].filter((path) => path.startsWith(`${root}/galaxy/`)).length
    assert.strictEqual(status._tag === "Some" ? status.value.turn : -1, made - 1)
  })

/** One of the values, which may be the same. */
const oneOf = (actual: unknown, wanted: ReadonlyArray<unknown>): void =>
  assert.include(
    wanted.map((it) => JSON.stringify(it)),
    JSON.stringify(actual)
  )

const isStop = (cause: Cause.Cause<unknown>): boolean => Cause.squash(cause) instanceof Stopped

/** Plays until the disk stops; the steps that were answered, and the one that wasn't. */
const playUntilStop = (disk: Disk, machine: Machine) =>
  Effect.gen(function* () {
    let done = 0
    const run = Effect.gen(function* () {
      for (const step of steps) {
        yield* step.call
        done++
      }
    })
    const exit = yield* Effect.exit(withEngine(disk, machine, run))
    if (Exit.isFailure(exit)) assert.isTrue(isStop(exit.cause), Cause.pretty(exit.cause))
    const known = steps.slice(0, done).reduce((before, step) => step.answered(before), unknown)
    return { done, known }
  })

const allSurvivors: ReadonlyArray<Survivors> = [
  { names: "now", contents: "now" },
  { names: "now", contents: "synced" },
  { names: "synced", contents: "now" },
  { names: "synced", contents: "synced" }
]

describe("a game whose machine stops", () => {
  for (const fault of ["stop", "tear"] as const satisfies ReadonlyArray<Fault>) {
    for (const survivors of allSurvivors) {
      it.effect(`(${fault}) at any operation and keeps ${survivors.names} names, ${survivors.contents} contents`, () =>
        Effect.gen(function* () {
          const wanted = yield* undisturbed
          assert.isAbove(wanted.operations.length, 100)
          for (const [at, operation] of wanted.operations.entries()) {
            if (fault === "tear" && !operation.startsWith("write ")) continue
            const disk = new Disk()
            const machine = new Machine()
            disk.failAt(at, fault)
            const { done, known } = yield* playUntilStop(disk, machine)
            disk.restart(survivors)
            yield* withEngine(
              disk,
              machine,
              Effect.andThen(agrees(known, steps[done]), playAll(steps.slice(done)))
            ).pipe(Effect.tapCause((cause) => Effect.logError(`stopped at ${at}: ${operation}`, cause)))
            assert.deepStrictEqual(filesOf(disk), wanted.files, `stopped at ${at}: ${operation}`)
          }
        })
      )
    }
  }
})

describe("a game whose disk refuses once", () => {
  for (const fault of ["refuse", "deny"] as const satisfies ReadonlyArray<Fault>) {
    it.effect(`(${fault}) goes on when asked again, at any operation`, () =>
      Effect.gen(function* () {
        const wanted = yield* undisturbed
        let failed = 0
        for (const [at, operation] of wanted.operations.entries()) {
          const disk = new Disk()
          const machine = new Machine()
          disk.failAt(at, fault)
          const run = Effect.gen(function* () {
            let known = unknown
            for (const step of steps) {
              const first = yield* Effect.exit(step.call)
              if (Exit.isFailure(first)) {
                failed++
                yield* agrees(known, step)
                yield* seesWhatIsThere(disk)
                yield* step.call
              }
              known = step.answered(known)
            }
          })
          let started = false
          const play = withEngine(
            disk,
            machine,
            Effect.suspend(() => {
              started = true
              return run
            })
          ).pipe(Effect.tapCause((cause) => Effect.logError(`${fault} at ${at}: ${operation}`, cause)))
          const first = yield* Effect.exit(play)
          if (Exit.isFailure(first)) {
            assert.isFalse(started, `${fault} at ${at}: ${operation}`)
            failed++
            yield* play
          }
          assert.deepStrictEqual(filesOf(disk), wanted.files, `${fault} at ${at}: ${operation}`)
        }
        assert.isAbove(failed, wanted.operations.length / 2)
      })
    )
  }
})

describe("the folder", () => {
  it.effect("holds nothing but the game's files", () =>
    Effect.gen(function* () {
      const { files } = yield* undisturbed
      assert.deepStrictEqual(
        [...files.keys()],
        [
          "banished/0000001.json",
          "galaxy/0000000.json",
          "galaxy/0000001.json",
          "galaxy/0000002.json",
          "orders/0000000/000.json",
          "orders/0000000/001.json",
          "orders/0000001/001.json",
          "turns/0000000.json",
          "turns/0000001.json",
          "turns/0000002.json"
        ].map((path) => `${root}/${path}`)
      )
    })
  )
})
