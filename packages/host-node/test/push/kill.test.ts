/** A backend that is killed between committing events and delivering them: the next one delivers them, in order. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Resume_Outcome } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { newId } from "@galaxy/core/shared/NewId"
import { cloneUrl, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { eventOf, outcomeOf, subscribeTo } from "./gateway.ts"

const program = fileURLToPath(new URL("./fixtures/killableBackend.ts", import.meta.url))

interface Wanted {
  readonly database: string
  readonly user: string
  readonly events: number
  readonly deliver: number
  readonly hang?: boolean
}

/** A backend of its own process; killed at the latest when the scope closes. */
const backend = Effect.fnUntraced(function* (wanted: Wanted) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [program], {
        stdio: ["ignore", "pipe", "inherit"],
        env: {
          ...process.env,
          PUSH_DATABASE: wanted.database,
          PUSH_USER: wanted.user,
          PUSH_EVENTS: String(wanted.events),
          PUSH_DELIVER: String(wanted.deliver),
          PUSH_HANG: wanted.hang ? "1" : ""
        }
      })
    ),
    (it) => Effect.sync(() => it.kill("SIGKILL"))
  )
  const said = new Set<string>()
  let port = 0
  let heard = () => {}
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("port ")) port = Number(line.slice(5))
    said.add(line.split(" ")[0] ?? "")
    heard()
  })
  child.on("exit", () => {
    said.add("exit")
    heard()
  })
  const hear = (what: string) =>
    Effect.callback<void>((resume) => {
      heard = () => {
        if (said.has(what)) resume(Effect.void)
        else if (said.has("exit")) resume(Effect.die(new Error(`the backend ended before it said ${what}`)))
      }
      heard()
    })
  yield* hear("port")
  return {
    port,
    hear,
    kill: Effect.promise(async () => {
      const gone = once(child, "exit")
      child.kill("SIGKILL")
      await gone
    })
  }
})

type Point = readonly [deliver: number, hang: boolean]

const cases = (name: string, open: Effect.Effect<string, never, Scope.Scope>, points: ReadonlyArray<Point>) => {
  describe(`a backend killed between commit and delivery, on ${name}`, () => {
    for (const [deliver, hang] of points) {
      const how = `after ${deliver} of 10 events were delivered${hang ? " and one more was written but not committed" : ""}`
      it.live(
        how,
        () =>
          Effect.gen(function* () {
            const database = yield* open
            const user = yield* newId
            const first = yield* backend({ database, user, events: 10, deliver, hang })
            const stream = yield* subscribeTo(first.port, "gw")
            let { cursor } = yield* stream.next
            const got: Array<bigint | undefined> = []
            for (let count = 0; count < deliver; count++) {
              const frame = yield* stream.next
              cursor = frame.cursor
              got.push(eventOf(frame)?.sequence)
            }
            yield* first.hear("stalled")
            yield* first.hear(hang ? "uncommitted" : "committed")
            yield* first.kill
            // What was under way when the process died is no event that the gateway has.
            yield* Effect.flip(stream.next)

            const second = yield* backend({ database, user, events: 2, deliver: 100 })
            const resumed = yield* subscribeTo(second.port, "gw", cursor)
            assert.strictEqual(outcomeOf(yield* resumed.next), Resume_Outcome.RESUMED)
            while (got.length < 12) got.push(eventOf(yield* resumed.next)?.sequence)
            assert.deepStrictEqual(
              got,
              Array.from({ length: 12 }, (_, index) => BigInt(index + 1))
            )
            yield* second.kill
          }).pipe(Effect.scoped),
        240_000
      )
    }
  })
}

cases(
  "PGlite",
  Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-push-kill-"))),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  ).pipe(Effect.map((folder) => join(folder, "db"))),
  [[3, true]]
)

onPostgres((_, url) => {
  const open = Effect.map(Effect.orDie(cloneUrl(url)), (clone) => clone.url)
  cases("PostgreSQL", open, [
    [0, false],
    [3, false],
    [3, true]
  ])
})
