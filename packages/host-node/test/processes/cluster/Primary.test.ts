import { fileURLToPath } from "node:url"
import * as Primary from "@galaxy/host-node/processes/cluster/Primary"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Option, Schedule, Scope } from "effect"

const primary = (program: string, more: Partial<Primary.PrimaryOptions> = {}) =>
  Primary.layer({
    host: "127.0.0.1",
    port: 0,
    count: 2,
    clientId: "test",
    program: fileURLToPath(new URL(`./programs/${program}`, import.meta.url)),
    execArgv: ["--conditions=@galaxy/source", "--disable-warning=ExperimentalWarning"],
    print: () => undefined,
    members: [undefined, undefined],
    ...more
  })

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
        yield* Layer.build(primary("freezes.ts", { count: 1, members, silenceMs: 300 }))
        const first = members[0]
        assert.isTrue(first?.serves)
        assert.deepStrictEqual(yield* Effect.promise(() => first?.gone ?? Promise.reject(new Error("none"))), {
          code: null,
          signal: "SIGKILL"
        })
        const replaced = Effect.suspend(() =>
          members[0] !== first && members[0]?.serves === true ? Effect.void : Effect.fail("not yet")
        )
        yield* Effect.retry(replaced, { times: 400, schedule: Schedule.spaced("25 millis") })
      })
    )
  )
})
