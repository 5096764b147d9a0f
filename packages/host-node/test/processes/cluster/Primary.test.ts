import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as prometheus from "@galaxy/host-node/telemetry/prometheus"
import * as Primary from "@galaxy/host-node/processes/cluster/Primary"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Option, Schedule, Scope } from "effect"
import { TestClock } from "effect/testing"
import { vi } from "vitest"

const primary = (program: string, more: Partial<Primary.PrimaryOptions> = {}) =>
  Primary.layer({
    host: "127.0.0.1",
    port: 0,
    count: 2,
    clientId: "test",
    program: fileURLToPath(new URL(`./programs/${program}`, import.meta.url)),
    execArgv: ["--conditions=@galaxy/source", "--disable-warning=ExperimentalWarning"],
    log: () => undefined,
    print: () => undefined,
    members: [undefined, undefined],
    ...more
  })

/** What alerts count; undefined where it isn't told yet. */
const replacements = () => {
  const [, value] = /^galaxy_gateway_processes_replaced_total (\d+)$/m.exec(prometheus.text()) ?? []
  return value === undefined ? undefined : Number(value)
}

describe("the primary of several processes", () => {
  it.live("doesn't start with a process that can't, and says why", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const exit = yield* Effect.exit(Layer.buildWithScope(primary("ends.ts"), scope))
      yield* Scope.close(scope, Exit.void)
      const failure = Option.getOrThrow(Exit.findErrorOption(exit))
      assert.strictEqual(failure._tag, "ProcessFailed")
      assert.strictEqual(failure.message, "the moon is in the way")
    })
  )

  it.live("doesn't wait for ever for a process that neither serves nor ends", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const exit = yield* Effect.exit(Layer.buildWithScope(primary("reader.ts", { startMs: 400 }), scope))
      yield* Scope.close(scope, Exit.void)
      const failure = Option.getOrThrow(Exit.findErrorOption(exit))
      assert.match(failure.message, /^process \d of the gateway was killed by SIGKILL before it served$/)
    })
  )

  it.live("replaces a process that gives no sign of life", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const members: Primary.Members = [undefined]
        let logged = ""
        const before = replacements()
        const log = (lines: string) => void (logged += lines)
        yield* Layer.build(primary("freezes.ts", { count: 1, members, silenceMs: 300, log }))
        const first = members[0]
        assert.isTrue(first?.serves)
        assert.strictEqual(replacements(), before ?? 0)
        assert.deepStrictEqual(yield* Effect.promise(() => first?.gone ?? Promise.reject(new Error("none"))), {
          code: null,
          signal: "SIGKILL"
        })
        const replaced = Effect.suspend(() =>
          members[0] !== first && members[0]?.serves === true ? Effect.void : Effect.fail("not yet")
        )
        yield* Effect.retry(replaced, { times: 400, schedule: Schedule.spaced("25 millis") })
        assert.match(logged, /^(a line of the log\n)+$/)
        assert.strictEqual(replacements(), (before ?? 0) + 1)
      })
    )
  )

  it.effect("gives up when no process serves and replacements keep failing", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = mkdtempSync(join(tmpdir(), "galaxy-once-"))
        yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })))
        vi.stubEnv("TEST_MARKER", join(folder, "marker"))
        // The clock runs ahead below, which must not count for a start.
        const options = { count: 1, members: [undefined], startMs: 1e9, silenceMs: 60_000 }
        const context = yield* Layer.build(primary("once.ts", options))
        const failed = yield* Effect.forkScoped(Effect.flip(Context.get(context, Primary.Primary).failed))
        const waits = Effect.andThen(
          TestClock.adjust("10 seconds"),
          Effect.promise(() => new Promise<void>((done) => void setTimeout(done, 5)))
        )
        yield* Effect.raceFirst(Fiber.await(failed), Effect.forever(waits))
        assert.strictEqual((yield* Fiber.join(failed)).message, "the moon is in the way")
        vi.unstubAllEnvs()
      })
    )
  )
})
