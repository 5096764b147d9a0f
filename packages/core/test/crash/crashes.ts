/** One operation on a database of its own, by a backend that is killed at one commit, and what the next one leaves. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { MemoryMail } from "@galaxy/core/mail/MemoryMailTransport"
import { MovableClockService } from "@galaxy/testkit/MovableClock"
import { cloneUrl, layerAt } from "@galaxy/testkit/TestDatabase"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { platformOn, surfaces } from "../http/platform.ts"
import { ask, engines, make, type Operation, type Place } from "./place.ts"
import { difference, left, rows } from "./settled.ts"

const program = fileURLToPath(new URL("./killable.ts", import.meta.url))

/** Right before or right after this commit of the operation, counted from 1. */
export interface Point {
  readonly when: "before" | "after"
  readonly commit: number
}

const never: Point = { when: "before", commit: 0 }

/** Runs the operation in a process of its own; returns the number of its commits, or none if it was killed. */
const inProcess = (database: string, operation: Operation, place: Place, point: Point) =>
  Effect.callback<number | undefined>((resume) => {
    const child = spawn(process.execPath, ["--conditions=@galaxy/source", program], {
      env: { ...process.env, NODE_OPTIONS: "", CRASH: JSON.stringify({ database, operation, place, ...point }) },
      stdio: ["ignore", "pipe", "inherit"]
    })
    let said = ""
    child.stdout.on("data", (text: Buffer) => {
      said += text.toString()
    })
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL" && said === "killed\n") resume(Effect.as(Effect.void, undefined))
      else if (code === 0) resume(Effect.succeed(Number(said)))
      else resume(Effect.die(new Error(`the backend ended with ${signal ?? code}: ${said}`)))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** The next backend, at work: its user asks again, and it finds what is left to be done. */
const successor = (place: Place, operation: Operation) =>
  Effect.gen(function* () {
    const call = yield* surfaces
    yield* engines(place)
    yield* ask(operation, call, place)
    const clock = yield* MovableClockService
    yield* clock.advance("2 minutes")
    // By the machine's clock, since the other one is moved. Only what hangs takes this long.
    const deadline = performance.now() + 600_000
    const look = Effect.gen(function* () {
      yield* Effect.sleep("20 millis")
      const { due, later } = yield* left
      if (performance.now() > deadline) return yield* Effect.die(new Error("something is left to be done"))
      // Not while something is under way: its deadlines would pass.
      if (due === 0 && later > 0) yield* clock.advance("2 minutes")
      return due + later
    })
    yield* Effect.repeat(look, { until: (it) => it === 0 })
    const mails = (yield* (yield* MemoryMail).accepted).map((it) => it.messageId)
    return { rows: yield* rows(place), mails }
  })

/** What is there in the end. `commits` is undefined if the first backend was killed. */
export const ended = Effect.fnUntraced(function* (url: string, operation: Operation, point: Point = never) {
  const clone = yield* cloneUrl(url)
  const place = yield* Effect.scoped(Effect.flatMap(surfaces, make)).pipe(
    Effect.provide(platformOn(layerAt(clone.url)))
  )
  const commits = yield* inProcess(clone.url, operation, place, point)
  const left = yield* Effect.scoped(successor(place, operation)).pipe(
    Effect.provide(platformOn(layerAt(clone.url), {}, ["mail", "runtime", "account-ends"]))
  )
  return { commits, ...left }
}, Effect.scoped)

/** All of an operation's commits, each as the last thing that a backend does, and as the first that it doesn't. */
export const everyCrash = Effect.fnUntraced(function* (url: string, operation: Operation) {
  const whole = yield* ended(url, operation)
  const points = Array.from({ length: whole.commits ?? 0 }, (_, index) => index + 1).flatMap((commit) =>
    (["before", "after"] as const).map((when): Point => ({ when, commit }))
  )
  return { whole, points }
})

/** Compares what is there after a crash with what is there without one. */
export const same = Effect.fnUntraced(function* (
  url: string,
  operation: Operation,
  point: Point,
  whole: Effect.Success<ReturnType<typeof ended>>
) {
  const it = yield* ended(url, operation, point)
  const where = `${operation}, killed ${point.when} commit ${point.commit}`
  assert.isUndefined(it.commits, where)
  assert.deepStrictEqual(difference(whole.rows, it.rows), { lost: [], extra: [] }, where)
  assert.strictEqual(new Set(it.mails).size, it.mails.length, where)
  assert.strictEqual(it.mails.length, whole.mails.length, where)
})
