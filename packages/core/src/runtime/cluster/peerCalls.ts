/**
 * How backends recognise each other: each call carries a token, derived from the secret that all backends of a database share
 * anyway.
 */
import { Effect, Redacted } from "effect"
import { Kdf, Mac } from "effect/crypto"
import { Base64Url } from "effect/encoding"
import { HttpClient, HttpClientRequest, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import * as webCrypto from "../../shared/webCrypto.ts"

const utf8 = new TextEncoder()
const scheme = "Bearer "

/** Derives the token from the backends' secret. */
export const tokenOf = Effect.fnUntraced(function* (secret: Redacted.Redacted<Uint8Array>) {
  const kdf = yield* Kdf.Kdf
  const options = { salt: new Uint8Array(0), info: utf8.encode("galaxy cluster v1"), length: 32 }
  const key = yield* Effect.orDie(kdf.derive(Kdf.hkdfSha256, Redacted.value(secret), options))
  return Redacted.make(Base64Url.encode(key))
}, Effect.provide(webCrypto.layer))

/** Sends the token with each call. */
export const client = (token: Redacted.Redacted) =>
  Effect.map(HttpClient.HttpClient, HttpClient.mapRequest(HttpClientRequest.bearerToken(token)))

/** Answers 401 to every call without the token, whatever its path. */
export const onlyPeers = (token: Redacted.Redacted) => {
  const wanted = utf8.encode(`${scheme}${Redacted.value(token)}`)
  return HttpRouter.middleware(
    (http) =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
        Mac.timingSafeEqual(utf8.encode(headers["authorization"] ?? ""), wanted)
          ? http
          : Effect.succeed(HttpServerResponse.empty({ status: 401 }))
      ),
    { global: true }
  )
}
