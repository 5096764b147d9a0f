/** Reservations on the disk: cut off anywhere, damaged, many, on a disk that is full. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { toEffect } from "@galaxy/edge/Awaitable"
import type { ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import { ReplayStore, type ReservationVerdict } from "@galaxy/edge/ReplayStore"
import * as segment from "@galaxy/host-node/gateway/file/segment"
import * as FileReplayStore from "@galaxy/host-node/gateway/FileReplayStore"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import * as MovableClock from "@galaxy/testkit/MovableClock"

const session = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a"
const ttlMs = 80_000
const futureMs = 10_000

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-reservations-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const reservedOf = (number: number): segment.Reserved => ({
  deviceSessionId: session,
  requestId: `request-${number}`,
  expiresAt: 1_000_000 + number,
  ttlMs
})

describe("the text of a file of reservations", () => {
  const all = Array.from({ length: 8 }, (_, number) => reservedOf(number))
  const none = { lostAtMs: undefined, ahead: [] }
  const lines = [segment.header(none), ...all.map(segment.reservation), segment.probe()]
  const text = lines.join("")

  it("says what was written", () => {
    assert.deepStrictEqual(segment.parse(text), { losses: none, reserved: all, damaged: false })
    const losses = {
      lostAtMs: 17,
      ahead: [
        { from: -5, to: 20 },
        { from: 30, to: 40 }
      ]
    }
    assert.deepStrictEqual(segment.parse(segment.header(losses)).losses, losses)
  })

  it("cut off anywhere keeps every line that was finished, and isn't damaged", () => {
    for (let end = lines[0]?.length ?? 0; end <= text.length; end++) {
      const { reserved, damaged } = segment.parse(text.slice(0, end))
      let finished = 0
      while (lines.slice(0, finished + 2).join("").length <= end && finished < all.length) finished++
      assert.deepStrictEqual(reserved, all.slice(0, finished), `cut at ${end}`)
      assert.isFalse(damaged, `cut at ${end}`)
    }
  })

  it("with an end of nonsense keeps what was finished", () => {
    for (const end of ["\0".repeat(500), "\0\n\0\n", "garbage\n"]) {
      assert.deepStrictEqual(segment.parse(text + end), { losses: none, reserved: all, damaged: false })
    }
  })

  it("without its beginning, or changed before its end, is damaged", () => {
    assert.isTrue(segment.parse("").damaged)
    assert.isTrue(segment.parse(lines.slice(1).join("")).damaged)
    const last = text.lastIndexOf("request-7") + "request-7".length
    for (let at = 0; at < last; at++) {
      const changed = text.slice(0, at) + (text[at] === "x" ? "y" : "x") + text.slice(at + 1)
      const { reserved, damaged } = segment.parse(changed)
      // Nothing is made up, and what is missing is noticed.
      assert.isTrue(
        reserved.every((it) => all.some((one) => one.requestId === it.requestId && one.expiresAt === it.expiresAt))
      )
      assert.isTrue(damaged || reserved.length === all.length, `changed at ${at}`)
    }
  })
})

const opened = <A, E>(
  path: string,
  use: Effect.Effect<A, E, ReplayStore>,
  options: { isNew?: boolean; capacity?: number } = {}
) =>
  Effect.provide(use, Layer.fresh(FileReplayStore.layer({ folder: path, isNew: false, ...options })), { local: true })

const reserve = (
  requestId: string,
  timestampMs = 0
): Effect.Effect<ReservationVerdict, ReplayStoreUnavailable, ReplayStore> =>
  Effect.flatMap(ReplayStore, (store) =>
    toEffect(() => store.reserve({ deviceSessionId: session, requestId, timestampMs, futureMs, ttlMs }))
  )

const outcome = (requestId: string, timestampMs?: number) =>
  reserve(requestId, timestampMs).pipe(Effect.catch((it) => Effect.succeed(it.retryAfterMs ?? it.why)))

const files = (path: string) => readdirSync(path).map((name) => join(path, name))
const bytesIn = (path: string) => files(path).reduce((sum, it) => sum + statSync(it).size, 0)

describe("a store of files", () => {
  it.effect("whose clock was ahead holds no reservation for days, nor after a restart", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const clock = MovableClock.make()
      const now = () => Math.floor(clock.currentTimeMillisUnsafe())
      const onClock = <A, E>(use: Effect.Effect<A, E, ReplayStore>, isNew = false) =>
        opened(path, use, { isNew, capacity: 2 }).pipe(Effect.provideService(Clock.Clock, clock))
      const days = 3 * 86_400_000
      yield* onClock(
        Effect.gen(function* () {
          yield* outcome("one", now())
          yield* clock.setWall(days)
          assert.strictEqual(yield* outcome("ahead", now()), "first")
          yield* clock.setWall(-days)
          yield* outcome("one", now())
          yield* clock.advance(ttlMs)
          assert.strictEqual(yield* outcome("two", now()), "first")
          assert.strictEqual(yield* outcome("three", now()), "first")
        }),
        true
      )
      // Killed while its clock was ahead, with nothing written after it.
      yield* clock.advance(ttlMs)
      yield* clock.setWall(days)
      const signed = now()
      yield* onClock(outcome("killed", signed))
      yield* clock.setWall(-days)
      yield* onClock(
        Effect.gen(function* () {
          assert.isNumber(yield* outcome("four", now()))
          yield* clock.advance(ttlMs)
          assert.strictEqual(yield* outcome("five", now()), "first")
        })
      )
      yield* onClock(
        Effect.gen(function* () {
          // That is known by now, and no new loss.
          assert.strictEqual(yield* outcome("six", now()), "first")
          yield* clock.advance(days - 2 * ttlMs)
          assert.notStrictEqual(yield* outcome("killed", signed), "first")
          yield* clock.advance(ttlMs)
          assert.notStrictEqual(yield* outcome("killed", signed), "first")
        })
      )
    })
  )

  it.effect("remembers the time in which its clock was ahead, when all files of that time are gone", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const clock = MovableClock.make()
      const now = () => Math.floor(clock.currentTimeMillisUnsafe())
      const days = 3 * 86_400_000
      const onClock = <A, E>(use: Effect.Effect<A, E, ReplayStore>, isNew = false) =>
        opened(path, use, { isNew }).pipe(Effect.provideService(Clock.Clock, clock))
      const signed = yield* onClock(
        Effect.gen(function* () {
          yield* outcome("one", now())
          yield* clock.setWall(days)
          const ahead = now()
          assert.strictEqual(yield* outcome("ahead", ahead), "first")
          yield* clock.setWall(-days)
          assert.isNumber(yield* outcome("two", now()))
          for (let round = 0; round < 4; round++) {
            yield* clock.advance(ttlMs)
            assert.strictEqual(yield* outcome(`round-${round}`, now()), "first")
          }
          return ahead
        }),
        true
      )
      assert.isFalse(files(path).some((it) => readFileSync(it, "utf8").includes("ahead")))
      yield* onClock(
        Effect.gen(function* () {
          assert.strictEqual(yield* outcome("three", now()), "first")
          yield* clock.advance(signed - now())
          assert.notStrictEqual(yield* outcome("ahead", signed), "first")
        })
      )
    })
  )

  it.effect("is ready by what it can do now, whichever way the clock was set", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const clock = MovableClock.make()
      let full = false
      const openFile = async (name: string, flags: string, mode?: number) => {
        const handle = await open(name, flags, mode)
        const write = handle.write.bind(handle) as (...args: ReadonlyArray<unknown>) => Promise<unknown>
        const limited = (...args: ReadonlyArray<unknown>) =>
          full ? Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" })) : write(...args)
        return Object.assign(handle, { write: limited })
      }
      const ready = Effect.flatMap(ReplayStore, (store) => store.ready(futureMs))
      yield* Effect.gen(function* () {
        yield* clock.setWall(86_400_000)
        yield* ready
        yield* clock.setWall(-86_400_000)
        full = true
        yield* clock.advance(1_000)
        assert.strictEqual((yield* Effect.flip(ready)).why, "the disk is full")
      }).pipe(
        Effect.provide(Layer.fresh(FileReplayStore.layer({ folder: path, isNew: true, openFile })), { local: true }),
        Effect.provideService(Clock.Clock, clock)
      )
    })
  )

  it.effect("on a disk that hangs lets nobody wait in line, and goes on when it is back", () =>
    Effect.gen(function* () {
      const path = yield* folder
      let hangs = false
      const held: Array<() => void> = []
      const goOn = () => {
        hangs = false
        for (const go of held) go()
      }
      const turn = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))
      const openFile = async (name: string, flags: string, mode?: number) => {
        const handle = await open(name, flags, mode)
        const write = handle.write.bind(handle) as (...args: ReadonlyArray<unknown>) => Promise<unknown>
        const hanging = async (...args: ReadonlyArray<unknown>) => {
          if (hangs) await new Promise<void>((resolve) => held.push(resolve))
          return write(...args)
        }
        return Object.assign(handle, { write: hanging })
      }
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* outcome("one"), "first")
        hangs = true
        const first = yield* Effect.forkChild(outcome("two"))
        while (held.length === 0) yield* turn
        yield* TestClock.adjust(5_001)
        assert.strictEqual(yield* Fiber.join(first), "the disk doesn't answer")
        // At once: the clock of this test stands still.
        assert.strictEqual(yield* outcome("three"), "the disk doesn't answer")
        goOn()
        let answer = ""
        for (let round = 0; round < 1_000 && answer !== "first"; round++) {
          yield* turn
          answer = String(yield* outcome(`more-${round}`))
        }
        assert.strictEqual(answer, "first")
      }).pipe(
        Effect.ensuring(Effect.sync(goOn)),
        Effect.provide(Layer.fresh(FileReplayStore.layer({ folder: path, isNew: true, openFile })), { local: true })
      )
    })
  )

  it.effect("keeps an earlier loss over a restart", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* TestClock.setTime(1_000)
      yield* opened(path, Effect.asVoid(outcome("one")))
      yield* TestClock.setTime(5_000)
      assert.strictEqual(yield* opened(path, outcome("one")), 1_000 + futureMs - 5_000 + 1)
      yield* TestClock.setTime(1_000 + futureMs + 1)
      assert.strictEqual(yield* opened(path, outcome("one", 1_000 + futureMs)), "unvouched")
      assert.strictEqual(yield* opened(path, outcome("one", 1_000 + futureMs + 1)), "first")
    })
  )

  it.effect("that is damaged has lost; and only once", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* opened(path, Effect.andThen(reserve("one"), reserve("two")), { isNew: true })
      const [file = ""] = files(path)
      const text = readFileSync(file, "utf8")
      writeFileSync(file, text.replace("one", "eno"))
      yield* TestClock.setTime(1_000)
      assert.strictEqual(yield* opened(path, outcome("two", 1_000)), futureMs + 1)
      yield* TestClock.setTime(2_000)
      assert.strictEqual(yield* opened(path, outcome("two", 2_000)), futureMs + 1 - 1_000)
      yield* TestClock.setTime(1_000 + futureMs + 1)
      // What could be read is still known.
      assert.strictEqual(yield* opened(path, outcome("two", 1_000 + futureMs + 1)), "repeated")
    })
  )

  it.effect("takes what a kill left behind: half a line, half a file, two files", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* opened(path, reserve("one"), { isNew: true })
      const [file = ""] = files(path)
      appendFileSync(file, segment.reservation(reservedOf(1)).slice(0, 20))
      writeFileSync(join(path, "reservations-00000002.log.new"), "half a head")
      writeFileSync(
        join(path, "reservations-00000003.log"),
        segment.header({ lostAtMs: undefined, ahead: [] }) +
          segment.reservation({ deviceSessionId: session, requestId: "two", expiresAt: 9_000, ttlMs })
      )
      yield* opened(
        path,
        Effect.gen(function* () {
          assert.strictEqual(yield* outcome("one"), "repeated")
          assert.strictEqual(yield* outcome("two"), "repeated")
          assert.strictEqual(yield* outcome("three"), "first")
          assert.lengthOf(files(path), 1)
        })
      )
    })
  )

  it.effect("is bounded: files go when what is in them has expired", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* opened(
        path,
        Effect.gen(function* () {
          let most = 0
          for (let round = 0; round < 40; round++) {
            for (let number = 0; number < 20; number++) {
              assert.strictEqual(yield* outcome(`${round}-${number}`), "first")
              assert.strictEqual(yield* outcome(`${round}-${number}`), "repeated")
            }
            yield* TestClock.adjust(ttlMs / 4)
            most = Math.max(most, bytesIn(path))
          }
          const line = segment.reservation({ ...reservedOf(1), requestId: "39-19" })
          // What lives, and as much again that waits to go with it.
          assert.isAtMost(most, line.length * 20 * 14)
          assert.isAtMost(files(path).length, 3)
        }),
        { isNew: true }
      )
    })
  )

  it.effect("when full refuses, and takes again as the oldest expire", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* opened(
        path,
        Effect.gen(function* () {
          assert.strictEqual(yield* outcome("one"), "first")
          assert.strictEqual(yield* outcome("two"), "first")
          assert.strictEqual(yield* outcome("three"), "the store is full")
          yield* TestClock.adjust(ttlMs)
          assert.strictEqual(yield* outcome("three"), "first")
        }),
        { isNew: true, capacity: 2 }
      )
    })
  )

  it.effect("on a full disk refuses, isn't ready, and goes on by itself; what was refused may come again", () =>
    Effect.gen(function* () {
      const path = yield* folder
      let full = false
      const openFile = async (name: string, flags: string, mode?: number) => {
        const handle = await open(name, flags, mode)
        const write = handle.write.bind(handle) as (...args: ReadonlyArray<unknown>) => Promise<unknown>
        const limited = async (bytes: Buffer, offset: number, length: number, at: number) => {
          if (!full) return write(bytes, offset, length, at)
          // As a disk does it: what fits is written, and then there is no room.
          await write(bytes, offset, Math.min(10, length), at)
          throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" })
        }
        return Object.assign(handle, { write: limited })
      }
      const lines: Array<string> = []
      const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
      const logged = (text: string) => lines.filter((it) => it.includes(text)).length
      const store = FileReplayStore.layer({ folder: path, isNew: true, openFile })
      yield* Effect.gen(function* () {
        const { ready } = yield* ReplayStore
        assert.strictEqual(yield* outcome("one"), "first")
        full = true
        for (let round = 0; round < 5; round++) assert.strictEqual(yield* outcome("two"), "the disk is full")
        assert.strictEqual((yield* Effect.flip(ready(futureMs))).why, "the disk is full")
        assert.strictEqual(yield* outcome("one"), "repeated")
        full = false
        assert.strictEqual(yield* outcome("two"), "first")
        yield* TestClock.adjust("1 second")
        yield* ready(futureMs)
        assert.isAtMost(files(path).length, 2)
        assert.deepStrictEqual([logged("the replay store is lost"), logged("the replay store is back")], [1, 1])
      }).pipe(Effect.provide(Layer.fresh(store), { local: true }), Effect.provide(logger))
      yield* opened(
        path,
        Effect.gen(function* () {
          assert.strictEqual(yield* outcome("one"), "repeated")
          assert.strictEqual(yield* outcome("two"), "repeated")
          assert.strictEqual(yield* outcome("three"), "first")
        })
      )
    })
  )

  it.effect("doesn't begin on a full disk, and says what to do", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const openFile = () => Promise.reject(Object.assign(new Error("write failed"), { code: "ENOSPC" }))
      const store = FileReplayStore.layer({ folder: path, isNew: true, openFile })
      const error = yield* Effect.flip(Effect.provide(Effect.void, Layer.fresh(store), { local: true }))
      assert.include(error.message, "the disk is full; make room and start again")
    })
  )

  it.effect("whose folder can't be read doesn't begin, and says which", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const file = join(path, "file")
      writeFileSync(file, "")
      const error = yield* Effect.flip(opened(file, Effect.void))
      assert.strictEqual(error._tag, "ReservationsUnusable")
      assert.include(error.message, file)
    })
  )
})
