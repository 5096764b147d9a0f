/**
 * The fastest cryptography that this system has: libsodium, else Node's own, else JavaScript. A line says where it isn't the
 * first.
 */
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import * as NobleEdgeCrypto from "@galaxy/edge/NobleEdgeCrypto"
import { Cause, Effect, Layer, Redacted } from "effect"
import * as NodeEdgeCrypto from "./NodeEdgeCrypto.ts"
import * as SodiumEdgeCrypto from "./SodiumEdgeCrypto.ts"

/** A seed that isn't 32 bytes long is a defect when the layer is built. */
export const layer = (options: {
  /** Seed of the gateway's key, 32 bytes. */
  readonly signingSeed: Redacted.Redacted<Uint8Array>
}): Layer.Layer<EdgeCrypto> => {
  if (Redacted.value(options.signingSeed).length !== 32) {
    return Layer.effect(EdgeCrypto, Effect.die(new Error("the seed of the signing key must have 32 bytes")))
  }
  const or = <E>(first: Layer.Layer<EdgeCrypto, E>, says: string, next: Layer.Layer<EdgeCrypto>) =>
    Layer.catchCause(first, (cause) =>
      Layer.provideMerge(
        next,
        Layer.effectDiscard(
          Effect.logWarning(says).pipe(Effect.annotateLogs({ reason: String(Cause.squash(cause)).split("\n", 1)[0] }))
        )
      )
    )
  return or(
    SodiumEdgeCrypto.layer(options),
    "libsodium can't be loaded, so signatures are checked by node:crypto, more slowly",
    or(
      NodeEdgeCrypto.layer(options),
      "node:crypto has no Ed25519 here, so signatures are checked in JavaScript, much more slowly",
      NobleEdgeCrypto.layer(options)
    )
  )
}
