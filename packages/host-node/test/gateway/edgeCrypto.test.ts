/** The three adapters of the gateway's cryptography take the same keys and signatures, and one stands in for another. */
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import * as NobleEdgeCrypto from "@galaxy/edge/NobleEdgeCrypto"
import * as FastestEdgeCrypto from "@galaxy/host-node/gateway/FastestEdgeCrypto"
import * as NodeEdgeCrypto from "@galaxy/host-node/gateway/NodeEdgeCrypto"
import * as SodiumEdgeCrypto from "@galaxy/host-node/gateway/SodiumEdgeCrypto"
import { edgeCrypto } from "@galaxy/testkit/contract/edgeCrypto"
import { contract } from "@galaxy/testkit/contract/vitest"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Redacted } from "effect"

contract("EdgeCrypto on libsodium", edgeCrypto(SodiumEdgeCrypto.layer))
contract("EdgeCrypto on node:crypto", edgeCrypto(NodeEdgeCrypto.layer))
contract("EdgeCrypto in JavaScript", edgeCrypto(NobleEdgeCrypto.layer))
contract("EdgeCrypto, the fastest", edgeCrypto(FastestEdgeCrypto.layer))

/** Signs with the fastest in a process where the native library can't be found, and tells what it logs. */
const withoutSodium = `
import { registerHooks } from "node:module"
registerHooks({
  resolve: (name, context, next) => {
    if (name === "sodium-native") throw new Error("there is no such package")
    return next(name, context)
  }
})
const { Effect, Redacted } = await import("effect")
const { EdgeCrypto } = await import("@galaxy/edge/EdgeCrypto")
const FastestEdgeCrypto = await import("@galaxy/host-node/gateway/FastestEdgeCrypto")
const signingSeed = Redacted.make(new Uint8Array(32).fill(9))
const signature = await Effect.runPromise(
  Effect.provide(Effect.map(EdgeCrypto, ({ sign }) => sign(new Uint8Array(3))), FastestEdgeCrypto.layer({ signingSeed }))
)
console.log(signature.length)
`

describe("the fastest cryptography", () => {
  it.effect("needs a seed of 32 bytes, and doesn't take another library where it has none", () =>
    Effect.gen(function* () {
      const signingSeed = Redacted.make(new Uint8Array(31))
      const exit = yield* Effect.exit(Effect.provide(EdgeCrypto, FastestEdgeCrypto.layer({ signingSeed })))
      assert.isTrue(Exit.hasDies(exit))
    })
  )

  it("goes on without libsodium, and says so in a line", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", withoutSodium], {
      cwd: import.meta.dirname
    })
    assert.include(stdout, "libsodium can't be loaded")
    assert.include(stdout, "there is no such package")
    assert.match(stdout, /^64$/m)
    assert.notInclude(stdout, "JavaScript")
  })
})
