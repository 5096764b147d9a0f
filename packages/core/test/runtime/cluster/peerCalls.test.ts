/** What backends prove to each other, and what those who listen, or have a backend's address, can do with it. */
import * as peerCalls from "@galaxy/core/runtime/cluster/peerCalls"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import {
  HttpClient,
  HttpClientRequest,
  HttpClientResponse,
  HttpRouter,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"

const secretOf = (byte: number) => Redacted.make(new Uint8Array(32).fill(byte))
const alpha = "http://alpha:7070/cluster"
const beta = "http://beta:7070/cluster"

/** A backend that answers with what it is sent. */
const backend = (receiver: string, byte = 1) =>
  Effect.gen(function* () {
    const proofs = yield* peerCalls.proofsOf(secretOf(byte))
    const route = HttpRouter.add(
      "POST",
      "/cluster",
      Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
        Effect.map(Effect.orDie(request.text), (text) => HttpServerResponse.text(`told ${text}`))
      )
    )
    const app = Layer.merge(route, peerCalls.onlyPeers(proofs, receiver))
    return (yield* HttpRouter.toHttpEffect(app)) as Effect.Effect<
      HttpServerResponse.HttpServerResponse,
      never,
      HttpServerRequest.HttpServerRequest
    >
  })

type Backend = Effect.Success<ReturnType<typeof backend>>

const answerOf = (to: Backend, request: Request) =>
  Effect.map(
    Effect.provideService(to, HttpServerRequest.HttpServerRequest, HttpServerRequest.fromWeb(request)),
    (response) => HttpServerResponse.toWeb(response)
  )

/** A network that records what is sent, and another backend's way into it. */
const networkOf = (backends: Readonly<Record<string, Backend>>) => {
  const sent: Array<Request> = []
  const client = HttpClient.make((request, url) => {
    const web = new Request(url, {
      method: request.method,
      headers: { ...request.headers },
      body: request.body._tag === "Uint8Array" ? new Uint8Array(request.body.body) : null
    })
    sent.push(web.clone())
    const to = backends[url.host]
    return to === undefined
      ? Effect.die(`nobody is at ${url.host}`)
      : Effect.map(answerOf(to, web), (response) => HttpClientResponse.fromWeb(request, response))
  })
  return { sent, client }
}

const peerOn = (client: HttpClient.HttpClient, byte = 1) =>
  Effect.gen(function* () {
    const proofs = yield* peerCalls.proofsOf(secretOf(byte))
    const peer = yield* Effect.provideService(peerCalls.client(proofs), HttpClient.HttpClient, client)
    return (url: string, text: string) =>
      peer
        .execute(HttpClientRequest.bodyText(HttpClientRequest.post(url), text))
        .pipe(Effect.flatMap((response) => response.text))
  })

describe("calls between backends", () => {
  it.effect("are answered, at once from the second one on, and show nothing of the secret", () =>
    Effect.gen(function* () {
      const { client, sent } = networkOf({ "alpha:7070": yield* backend("alpha:7070") })
      const call = yield* peerOn(client)
      assert.strictEqual(yield* call(alpha, "one"), "told one")
      // The first one didn't know the challenge.
      assert.lengthOf(sent, 2)
      assert.strictEqual(yield* call(alpha, "two"), "told two")
      assert.lengthOf(sent, 3)
      // Challenges change, and a call goes on with the next one.
      for (let passed = 0; passed < 3; passed++) {
        yield* TestClock.adjust("61 seconds")
        assert.strictEqual(yield* call(alpha, "later"), "told later")
      }
      assert.lengthOf(sent, 6)
      const proofs = sent.map((it) => it.headers.get("x-galaxy-peer"))
      assert.strictEqual(new Set(proofs).size, 6)
    }).pipe(Effect.scoped)
  )

  it.effect("that were recorded can be sent neither again, nor with another body, nor to another backend", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* backend("alpha:7070"), yield* backend("beta:7070")]
      const { client, sent } = networkOf({ "alpha:7070": first, "beta:7070": second })
      const call = yield* peerOn(client)
      yield* call(alpha, "one")
      const recorded = sent.at(-1)
      const header = recorded?.headers.get("x-galaxy-peer") ?? ""
      const again = (to: Backend, url: string, body: string, proof = header) =>
        Effect.map(
          answerOf(to, new Request(url, { method: "POST", headers: { "x-galaxy-peer": proof }, body })),
          (it) => it.status
        )
      assert.strictEqual(yield* again(first, alpha, "one"), 401)
      yield* call(beta, "one")
      assert.strictEqual(yield* again(second, beta, "one"), 401)

      // One who has got the address of alpha, and gives out the challenge of `to`, is sent this.
      const takenFrom = (to: Backend, url: string) =>
        Effect.gen(function* () {
          const { headers } = yield* answerOf(to, new Request(url, { method: "POST" }))
          const challenge = headers.get("x-galaxy-challenge") ?? ""
          let taken = ""
          const stranger = HttpClient.make((request) =>
            Effect.sync(() => {
              taken = request.headers["x-galaxy-peer"] ?? ""
              const answer = { status: 401, headers: { "x-galaxy-challenge": challenge } }
              return HttpClientResponse.fromWeb(request, new Response(null, answer))
            })
          )
          const misled = yield* peerOn(stranger)
          assert.strictEqual((yield* Effect.flip(misled(alpha, "one")))._tag, "HttpClientError")
          assert.isTrue(taken.startsWith(`${challenge} `))
          return taken
        })
      assert.strictEqual(yield* again(second, beta, "one", yield* takenFrom(second, beta)), 401)
      const unused = yield* takenFrom(first, alpha)
      assert.strictEqual(yield* again(first, alpha, "two", unused), 401)
      // To alpha itself it is a proof, of this call.
      assert.strictEqual(yield* again(first, alpha, "one", unused), 200)
    }).pipe(Effect.scoped)
  )

  it.effect("with another secret are refused, and so are answers of those who don't have it", () =>
    Effect.gen(function* () {
      const { client } = networkOf({ "alpha:7070": yield* backend("alpha:7070", 2) })
      const call = yield* peerOn(client)
      assert.match((yield* Effect.flip(call(alpha, "one"))).message, /isn't that of a backend/)
      const { client: open } = networkOf({ "alpha:7070": Effect.succeed(HttpServerResponse.text("told one")) })
      const trusting = yield* peerOn(open)
      assert.match((yield* Effect.flip(trusting(alpha, "one"))).message, /isn't that of a backend/)
      assert.strictEqual(peerCalls.receiverAt("fd00::5", 7070), "[fd00::5]:7070")
    }).pipe(Effect.scoped)
  )
})
