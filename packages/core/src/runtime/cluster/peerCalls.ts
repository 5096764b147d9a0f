/**
 * How backends recognise each other: each call carries a proof that its sender has the secret that all backends of a
 * database share, and each answer that its receiver has it.
 *
 * Neither the secret nor what is derived from it is sent. A proof is for one receiver, one body and one challenge of the
 * receiver's. So whoever reads along, or has the address of a backend that has ended, learns nothing that could be sent to
 * another one or sent again. No clocks are compared.
 */
import { ByteSize, Effect, Redacted } from "effect"
import { Kdf, Mac } from "effect/crypto"
import { Base64Url } from "effect/encoding"
import {
  type HttpBody,
  HttpClient,
  HttpClientError,
  HttpClientRequest,
  HttpIncomingMessage,
  HttpRouter,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import * as webCrypto from "../../shared/webCrypto.ts"
import * as Challenges from "./Challenges.ts"

/** Of a call: `challenge nonce proof`. */
const callHeader = "x-galaxy-peer"
/** Of an answer: what the next calls have to be proved with, and the proof that it comes from a peer. */
const challengeHeader = "x-galaxy-challenge"
const answerHeader = "x-galaxy-peer-answer"

/** Calls ask for an engine or wake an owner: a few hundred bytes. */
const mostBody = ByteSize.bytes(262_144)

/** Backends whose challenge is remembered. More than there are at a time, over months of changing addresses. */
const mostPeers = 1_000

const utf8 = new TextEncoder()

/** Computes proofs with the backends' secret: 43 characters of base64url each. */
export interface PeerProofs {
  call(receiver: string, challenge: string, nonce: string, body: Uint8Array): Effect.Effect<string>
  /** Of the answer to the call with this nonce. */
  answer(receiver: string, nonce: string): Effect.Effect<string>
}

/** Derives their key from the backends' secret. */
export const proofsOf: (secret: Redacted.Redacted<Uint8Array>) => Effect.Effect<PeerProofs> = Effect.fnUntraced(
  function* (secret) {
    const [kdf, mac] = [yield* Kdf.Kdf, yield* Mac.Mac]
    const options = { salt: new Uint8Array(0), info: utf8.encode("galaxy cluster v2"), length: 32 }
    const derived = yield* Effect.orDie(kdf.derive(Kdf.hkdfSha256, Redacted.value(secret), options))
    const key = yield* Effect.orDie(Mac.key(Mac.hmacSha256, derived))
    const signed = (head: ReadonlyArray<string>, body: Uint8Array) => {
      const first = utf8.encode(`${head.join("\n")}\n`)
      const all = new Uint8Array(first.length + body.length)
      all.set(first)
      all.set(body, first.length)
      return Effect.map(Effect.orDie(mac.sign(key, all)), (it) => Base64Url.encode(it))
    }
    const proofs: PeerProofs = {
      call: (receiver, challenge, nonce, body) => signed(["call", receiver, challenge, nonce], body),
      answer: (receiver, nonce) => signed(["answer", receiver, nonce], new Uint8Array(0))
    }
    return proofs
  },
  Effect.provide(webCrypto.layer)
)

/** A backend's name in proofs, by the address that the others call it at. */
export const receiverAt = (host: string, port: number): string =>
  new URL(`http://${host.includes(":") ? `[${host}]` : host}:${port}`).host

const bytesOf = (body: HttpBody.HttpBody): Effect.Effect<Uint8Array> =>
  body._tag === "Uint8Array"
    ? Effect.succeed(body.body)
    : body._tag === "Empty"
      ? Effect.succeed(new Uint8Array(0))
      : Effect.die(new Error("the body of a call between backends is known before it is sent"))

const isSame = (one: string, other: string): boolean => Mac.timingSafeEqual(utf8.encode(one), utf8.encode(other))

/**
 * Proves each call. One whose challenge is over is sent once more with the next one: it was refused, so nothing was done.
 * Fails where the answer isn't a backend's.
 */
export const client = (proofs: PeerProofs) =>
  Effect.map(HttpClient.HttpClient, (peers) => {
    const challenges = new Map<string, string>()

    const sent = Effect.fnUntraced(function* (
      request: HttpClientRequest.HttpClientRequest,
      receiver: string,
      body: Uint8Array,
      challenge: string
    ) {
      const nonce = yield* Challenges.randomText
      const proof = yield* proofs.call(receiver, challenge, nonce, body)
      const proven = HttpClientRequest.setHeader(request, callHeader, `${challenge} ${nonce} ${proof}`)
      const response = yield* peers.execute(proven)
      const next = response.headers[challengeHeader]
      const isPeer = isSame(response.headers[answerHeader] ?? "", yield* proofs.answer(receiver, nonce))
      return { response, next, isPeer }
    })

    const call = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
      const receiver = new URL(request.url).host
      const body = yield* bytesOf(request.body)
      const known = challenges.get(receiver) ?? "-"
      const first = yield* sent(request, receiver, body, known)
      const isOver = first.response.status === 401 && first.next !== known
      const { isPeer, next, response } =
        isOver && first.next !== undefined ? yield* sent(request, receiver, body, first.next) : first
      if (!isPeer) {
        const description = "the answer isn't that of a backend with the same secret"
        return yield* new HttpClientError.HttpClientError({
          reason: new HttpClientError.TransportError({ request, description })
        })
      }
      if (challenges.size >= mostPeers) challenges.clear()
      if (next !== undefined) challenges.set(receiver, next)
      return response
    })

    return HttpClient.transform(peers, (_, request) => call(request))
  })

/** Answers 401 to every call that isn't proved to be for `receiver`, whatever its path, and proves its other answers. */
export const onlyPeers = (proofs: PeerProofs, receiver: string) =>
  HttpRouter.middleware(
    Effect.map(
      Challenges.make,
      (challenges) => (http) =>
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const present = yield* challenges.present
          const refused = HttpServerResponse.empty({ status: 401, headers: { [challengeHeader]: present } })
          const [challenge = "", nonce = "", proof = ""] = (request.headers[callHeader] ?? "").split(" ", 3)
          // Before its body is read.
          if (!challenges.isKnown(challenge) || nonce.length !== 22) return refused
          const body = yield* request.arrayBuffer.pipe(
            Effect.provideService(HttpIncomingMessage.MaxBodySize, mostBody),
            Effect.option
          )
          if (body._tag === "None") return HttpServerResponse.empty({ status: 400 })
          const wanted = yield* proofs.call(receiver, challenge, nonce, new Uint8Array(body.value))
          if (!isSame(proof, wanted) || !challenges.take(challenge, nonce)) return refused
          return HttpServerResponse.setHeaders(yield* http, {
            [challengeHeader]: present,
            [answerHeader]: yield* proofs.answer(receiver, nonce)
          })
        })
    ),
    { global: true }
  )
