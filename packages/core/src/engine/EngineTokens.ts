/**
 * The tokens of engines. Nobody stores one: each is computed from the platform's secret, so that every backend can call
 * an engine that another one has started.
 *
 * A token is good for one run of one game's engine. A new incarnation of the platform, after a backup was restored,
 * makes all earlier ones void.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { Kdf, Mac } from "effect/crypto"
import { Base64Url } from "effect/encoding"
import { SqlClient } from "effect/sql"
import type { StorageError } from "../shared/StorageError.ts"
import * as webCrypto from "../shared/webCrypto.ts"
import * as Incarnation from "./Incarnation.ts"

/** Computes tokens. Fails with `StorageError` if the database doesn't say which incarnation it is. */
export class EngineTokens extends Context.Service<
  EngineTokens,
  {
    /** The token of the engine that runs the game in this epoch: 43 characters of base64url. */
    token(gameId: GameId, epoch: number): Effect.Effect<Redacted.Redacted, StorageError>
  }
>()("@galaxy/core/engine/EngineTokens") {}

const utf8 = new TextEncoder()

/** How long the incarnation is taken for the one that was read. */
const knownForMs = 5_000

const keyOf = Effect.fnUntraced(function* (secret: Redacted.Redacted<Uint8Array>) {
  const kdf = yield* Kdf.Kdf
  const options = { salt: new Uint8Array(0), info: utf8.encode("galaxy engine token v1"), length: 32 }
  return yield* Mac.key(Mac.hmacSha256, yield* kdf.derive(Kdf.hkdfSha256, Redacted.value(secret), options))
}, Effect.orDie)

/** `secret`: 32 bytes, the same for all backends of a database. Building it derives a key, and keeps nothing else. */
export const layer = ({
  secret
}: {
  readonly secret: Redacted.Redacted<Uint8Array>
}): Layer.Layer<EngineTokens, never, SqlClient.SqlClient> =>
  Layer.effect(
    EngineTokens,
    Effect.gen(function* () {
      const mac = yield* Mac.Mac
      const key = yield* keyOf(secret)
      const identity = Incarnation.read(yield* SqlClient.SqlClient)
      // A new incarnation may begin at any time. Its epochs are above all of those before it (docs/decisions/1471), so the one
      // that was read for an epoch is right for all lower ones that are asked for; for a higher epoch it is read again. Games
      // that begin in the new one have low epochs: what was read before it is soon forgotten.
      let known: { readonly incarnation: string; readonly upTo: number; readonly until: number } | undefined
      const incarnationOf = Effect.fnUntraced(function* (epoch: number) {
        const now = yield* Clock.currentTimeMillis
        if (known !== undefined && epoch <= known.upTo && now < known.until) return known.incarnation
        const { incarnation } = yield* identity
        known = { incarnation, upTo: epoch, until: now + knownForMs }
        return incarnation
      })
      return EngineTokens.of({
        token: Effect.fnUntraced(function* (gameId, epoch) {
          const subject = utf8.encode(`${yield* incarnationOf(epoch)}\n${gameId}\n${epoch}`)
          return Redacted.make(Base64Url.encode(yield* Effect.orDie(mac.sign(key, subject))))
        })
      })
    })
  ).pipe(Layer.provide(webCrypto.layer))
