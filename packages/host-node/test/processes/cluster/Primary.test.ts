import { fileURLToPath } from "node:url"
import * as Primary from "@galaxy/host-node/processes/cluster/Primary"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Option, Scope } from "effect"

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
})
