/**
 * Links by which a player stops mails of one kind without signing in.
 *
 * A link's token names the player and the kind, and is signed with the platform's secret. It doesn't expire, since an
 * old mail must be as easy to stop as a new one; all that it can do is to switch one kind of mail off.
 */
import { unsubscribePath } from "@galaxy/contract/api/PublicMail"
import { isPlayerMailKind } from "@galaxy/contract/events/EventKinds"
import { UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { Kdf, Mac } from "effect/crypto"
import { Base64Url } from "effect/encoding"
import * as webCrypto from "../shared/webCrypto.ts"

/** Whose mails of which kind a token stops. */
export interface Unsubscription {
  readonly userId: UserId
  readonly kind: string
}

/** Makes links, and reads the tokens of those that come back. */
export class UnsubscribeLinks extends Context.Service<
  UnsubscribeLinks,
  {
    /** The absolute URL that stops a player's mails of the kind. */
    link(unsubscription: Unsubscription): Effect.Effect<string>
    /** None for a token that this platform hasn't signed, or of a kind that it no longer has. */
    read(token: string): Effect.Effect<Option.Option<Unsubscription>>
  }
>()("@galaxy/core/mail/UnsubscribeLinks") {}

/** Where players reach the platform, and what signs the tokens. */
export interface UnsubscribeLinksOptions {
  /** 32 bytes, the same for all backends of a database. */
  readonly secret: Redacted.Redacted<Uint8Array>
  /**
   * Origin of the gateway as players reach it, such as `https://galaxy.example.org`; a function where it is known only
   * once the gateway listens.
   */
  readonly publicUrl: string | (() => string)
  /** Kinds of the embedding program that are mailed. */
  readonly otherKinds?: ReadonlySet<string> | undefined
}

const version = 1
const tagLength = 16
const idLength = 16
const longestToken = 256
const utf8 = new TextEncoder()

const bytesOf = (id: UserId): Uint8Array =>
  Uint8Array.from(id.replaceAll("-", "").match(/../g) ?? [], (it) => Number.parseInt(it, 16))

const idOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (it) => it.toString(16).padStart(2, "0"))
    .join("")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")

const isToken = (bytes: Uint8Array) => bytes[0] === version && bytes.length > 1 + idLength + tagLength

/** Derives a key of its own, since the host's secret serves other purposes too. */
const keyOf = Effect.fnUntraced(function* (secret: Redacted.Redacted<Uint8Array>) {
  const kdf = yield* Kdf.Kdf
  const options = { salt: new Uint8Array(0), info: utf8.encode("galaxy unsubscribe v1"), length: 32 }
  return yield* Mac.key(Mac.hmacSha256, yield* kdf.derive(Kdf.hkdfSha256, Redacted.value(secret), options))
}, Effect.orDie)

/** Building it derives the key, and keeps nothing. */
export const layer = ({ secret, publicUrl, otherKinds }: UnsubscribeLinksOptions): Layer.Layer<UnsubscribeLinks> =>
  Layer.effect(
    UnsubscribeLinks,
    Effect.gen(function* () {
      const mac = yield* Mac.Mac
      const key = yield* keyOf(secret)
      const tag = (body: Uint8Array) =>
        Effect.map(Effect.orDie(mac.sign(key, body)), (whole) => whole.subarray(0, tagLength))

      const link = Effect.fnUntraced(function* ({ userId, kind }: Unsubscription) {
        const body = Uint8Array.from([version, ...bytesOf(userId), ...utf8.encode(kind)])
        const token = Base64Url.encode(Uint8Array.from([...body, ...(yield* tag(body))]))
        const origin = typeof publicUrl === "string" ? publicUrl : publicUrl()
        return `${origin.replace(/\/+$/, "")}${unsubscribePath}?token=${token}`
      })

      const read = Effect.fnUntraced(function* (token: string) {
        const bytes = token.length > longestToken ? Option.none() : Option.getSuccess(Base64Url.decode(token))
        if (Option.isNone(bytes) || !isToken(bytes.value)) return Option.none()
        const body = bytes.value.subarray(0, -tagLength)
        if (!Mac.timingSafeEqual(yield* tag(body), bytes.value.subarray(-tagLength))) return Option.none()
        const userId = idOf(body.subarray(1, 1 + idLength))
        const kind = new TextDecoder().decode(body.subarray(1 + idLength))
        return uuidPattern.test(userId) && (isPlayerMailKind(kind) || otherKinds?.has(kind) === true)
          ? Option.some({ userId: UserId.make(userId), kind })
          : Option.none()
      })

      return UnsubscribeLinks.of({ link, read })
    })
  ).pipe(Layer.provide(webCrypto.layer))
