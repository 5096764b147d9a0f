/** The platform's digest is that of the engine, so that either reads what the other wrote. */
import { Sha256 } from "@galaxy/engine/host/Sha256"
import { sha256Hex } from "@galaxy/engine/random/sha256"
import * as NodeSha256 from "@galaxy/host-node/engine/NodeSha256"
import { assert, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

it.effect("the engine's own digest stands in where a host gives none", () =>
  Effect.map(Sha256, (sha256) => assert.strictEqual(sha256, sha256Hex))
)

it.effect.prop("the platform's digest of any text is the engine's", [Schema.String], ([text]) =>
  Effect.gen(function* () {
    const sha256 = yield* Sha256
    assert.notStrictEqual(sha256, sha256Hex)
    // Half of a character too, as typed names may have it.
    for (const it of [text, `${text}\uD800`]) assert.strictEqual(sha256(it), sha256Hex(it))
  }).pipe(Effect.provide(NodeSha256.layer))
)
