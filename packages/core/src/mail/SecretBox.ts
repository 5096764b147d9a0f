/**
 * Seals bytes that must not be readable in the database: AES-256-GCM under a key that the host gives.
 *
 * What is sealed for one context opens in that context only, so a sealed body cannot be moved to another row.
 */
import { Context, Effect, Layer, Redacted, Schema } from "effect"

/** Sealed with another key, for another context, or damaged. */
export class SecretUnreadable extends Schema.TaggedError<SecretUnreadable>()("SecretUnreadable", {}) {}

export class SecretBox extends Context.Service<
  SecretBox,
  {
    seal(plain: Uint8Array, context: string): Effect.Effect<Uint8Array>
    open(sealed: Uint8Array, context: string): Effect.Effect<Uint8Array, SecretUnreadable>
  }
>()("@galaxy/core/mail/SecretBox") {}

const version = 1
const nonceLength = 12
const tagLength = 16
const utf8 = new TextEncoder()

/** The host's key serves other purposes too; this one gets a key of its own from it. */
const derive = async (secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> => {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"])
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8.encode("galaxy mail payload v1") },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"]
  )
}

/** The secret is 32 random bytes, the same for every backend on one database. */
export const layer = (options: { readonly secret: Redacted.Redacted<Uint8Array> }): Layer.Layer<SecretBox> =>
  Layer.effect(
    SecretBox,
    Effect.gen(function* () {
      const secret = new Uint8Array(Redacted.value(options.secret))
      if (secret.length !== 32) return yield* Effect.die(new Error("SecretBox needs a secret of 32 bytes"))
      const key = yield* Effect.promise(() => derive(secret))
      const parameters = (nonce: Uint8Array<ArrayBuffer>, context: string) => ({
        name: "AES-GCM",
        iv: nonce,
        additionalData: utf8.encode(context),
        tagLength: tagLength * 8
      })
      return SecretBox.of({
        seal: (plain, context) =>
          Effect.promise(async () => {
            const nonce = crypto.getRandomValues(new Uint8Array(nonceLength))
            const text = await crypto.subtle.encrypt(parameters(nonce, context), key, new Uint8Array(plain))
            const sealed = new Uint8Array(1 + nonceLength + text.byteLength)
            sealed[0] = version
            sealed.set(nonce, 1)
            sealed.set(new Uint8Array(text), 1 + nonceLength)
            return sealed
          }),
        open: (sealed, context) => {
          if (sealed[0] !== version || sealed.length < 1 + nonceLength + tagLength) {
            return Effect.fail(new SecretUnreadable())
          }
          return Effect.tryPromise({
            try: async () => {
              const bytes = new Uint8Array(sealed)
              const nonce = bytes.slice(1, 1 + nonceLength)
              const plain = await crypto.subtle.decrypt(
                parameters(nonce, context),
                key,
                bytes.subarray(1 + nonceLength)
              )
              return new Uint8Array(plain)
            },
            catch: () => new SecretUnreadable()
          })
        }
      })
    })
  )
