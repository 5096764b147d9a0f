/**
 * Whether a backend has the secret of those that it joins.
 *
 * One with another secret would be refused by the others and refuse them, and each would take the other's engines for
 * strangers. The database holds a value that only the secret yields, and that tells nothing of it. A new secret is taken
 * once no backend with the old one is left.
 */
import { Effect, Redacted, Schema } from "effect"
import { type RunnerAddress, RunnerStorage } from "effect/cluster"
import { Kdf, Mac } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { StorageError } from "../../shared/StorageError.ts"
import * as webCrypto from "../../shared/webCrypto.ts"

/** How long after a backend has begun to join it counts as there, whether it has joined by then or not. */
const joining = "15 seconds"

/** Backends with another secret work on the database. */
export class SecretDiffers extends Schema.TaggedError<SecretDiffers>()("SecretDiffers", {}) {
  override get message(): string {
    return "the other backends of this database have another BACKEND_SECRET_KEY: set the same one here. To change it for all, stop all of them, and start them with the new one 15 s later"
  }
}

const valueOf = Effect.fnUntraced(function* (secret: Redacted.Redacted<Uint8Array>) {
  const kdf = yield* Kdf.Kdf
  const options = { salt: new Uint8Array(0), info: new TextEncoder().encode("galaxy secret check v1"), length: 16 }
  return yield* Effect.orDie(kdf.derive(Kdf.hkdfSha256, Redacted.value(secret), options))
}, Effect.provide(webCrypto.layer))

const decode = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ noted: Schema.NullOr(Schema.Uint8Array), recent: Schema.Boolean })])
)

/** Notes the secret's value, or compares it with the one that is noted. Fails with `StorageError` as well. */
export const check = Effect.fn("SecretCheck.check")(function* (
  secret: Redacted.Redacted<Uint8Array>,
  self: RunnerAddress.RunnerAddress
) {
  const sql = yield* SqlClient.SqlClient
  const storage = yield* RunnerStorage.RunnerStorage
  const value = yield* valueOf(secret)
  const others = storage.getRunners.pipe(
    Effect.map((all) => all.filter(([{ address }]) => address.host !== self.host || address.port !== self.port)),
    Effect.mapError((cause) => new StorageError({ retryable: true, cause }))
  )
  yield* sql
    .withTransaction(
      Effect.gen(function* () {
        const [{ noted, recent }] = yield* Effect.flatMap(
          sql`SELECT secret_check AS noted, coalesce(secret_used_at > now() - ${joining}::interval, false) AS recent
            FROM backend.installation FOR UPDATE`,
          decode
        )
        const isSame = noted !== null && Mac.timingSafeEqual(noted, value)
        if (noted !== null && !isSame) {
          if (recent || (yield* others).length > 0) return yield* new SecretDiffers()
          yield* Effect.logWarning("the secret of the backends has changed: all of them need the new one")
        }
        yield* sql`UPDATE backend.installation SET secret_check = ${value}, secret_used_at = now()`
      })
    )
    .pipe(StorageError.refail)
})
