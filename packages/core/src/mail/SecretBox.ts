/**
 * Seals bytes that must not be readable in the database: AES-256-GCM under a key that the host supplies.
 *
 * Bytes sealed for one context open in that context only, so a sealed body can't be moved to another row.
 */
import { Context, Effect, Layer, Redacted, Schema } from "effect"
import { Aead, Kdf } from "effect/crypto"
import * as webCrypto from "../shared/webCrypto.ts"

/** Sealed with another key, for another context, or damaged. */
export class SecretUnreadable extends Schema.TaggedError<SecretUnreadable>()("SecretUnreadable", {}) {}

/** Seals bytes for a context, such as a row's id, and opens them given the same context. */
export class SecretBox extends Context.Service<
  SecretBox,
  {
    seal(plain: Uint8Array, context: string): Effect.Effect<Uint8Array>
    open(sealed: Uint8Array, context: string): Effect.Effect<Uint8Array, SecretUnreadable>
  }
>()("@galaxy/core/mail/SecretBox") {}

const version = 1
const nonceLength = Aead.aes256Gcm.nonceLength
const tagLength = 16
const utf8 = new TextEncoder()

/** Derives a separate key, since the host's key serves other purposes too. */
const derive = Effect.fnUntraced(function* (secret: Uint8Array) {
  const kdf = yield* Kdf.Kdf
  const length = Aead.aes256Gcm.keyLength
  const options = { salt: new Uint8Array(0), info: utf8.encode("galaxy mail payload v1"), length }
  return yield* Aead.key(Aead.aes256Gcm, yield* kdf.derive(Kdf.hkdfSha256, secret, options))
}, Effect.orDie)

/**
 * The secret is 32 random bytes, the same for every backend on one database. Dies when it is built with another length.
 */
export const layer = (options: { readonly secret: Redacted.Redacted<Uint8Array> }): Layer.Layer<SecretBox> =>
  Layer.effect(
    SecretBox,
    Effect.gen(function* () {
      const secret = Redacted.value(options.secret)
      if (secret.length !== 32) return yield* Effect.die(new Error("SecretBox needs a secret of 32 bytes"))
      const aead = yield* Aead.Aead
      const key = yield* derive(secret)
      return SecretBox.of({
        seal: (plain, context) =>
          Effect.gen(function* () {
            const nonce = yield* webCrypto.secureRandom.randomBytes(nonceLength)
            const text = yield* Effect.orDie(aead.encrypt(key, plain, { nonce, aad: utf8.encode(context) }))
            const sealed = new Uint8Array(1 + nonceLength + text.length)
            sealed[0] = version
            sealed.set(nonce, 1)
            sealed.set(text, 1 + nonceLength)
            return sealed
          }),
        open: (sealed, context) => {
          if (sealed[0] !== version || sealed.length < 1 + nonceLength + tagLength) {
            return Effect.fail(new SecretUnreadable())
          }
          const nonce = sealed.subarray(1, 1 + nonceLength)
          return aead
            .decrypt(key, sealed.subarray(1 + nonceLength), { nonce, aad: utf8.encode(context) })
            .pipe(Effect.mapError(() => new SecretUnreadable()))
        }
      })
    })
  ).pipe(Layer.provide(webCrypto.layer))
