/** The web client behind a real gateway, as browsers and other programs ask for it over HTTP/1.1 and HTTP/2. */
import { once } from "node:events"
import * as http from "node:http"
import * as http2 from "node:http2"
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as Fixture from "../fixture.ts"
import { chunk, chunkPath, icon, makePage, manifest, shell } from "./pageFixture.ts"

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

type Send = (url: string, path: string, headers: Record<string, string>, method: string) => Promise<Answer>

const bodyOf = async (stream: AsyncIterable<Buffer>) => {
  const parts: Array<Buffer> = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

const overHttp1: Send = async (url, path, headers, method) => {
  // The path as it is: a URL would be tidied first.
  const request = http.request(url, { path, method, headers, agent: false })
  request.end()
  const [response] = (await once(request, "response")) as [http.IncomingMessage]
  return { status: response.statusCode ?? 0, headers: response.headers, body: await bodyOf(response) }
}

const overHttp2: Send = async (url, path, headers, method) => {
  const session = http2.connect(url)
  try {
    const stream = session.request({ ":path": path, ":method": method, ...headers })
    stream.end()
    const [head] = (await once(stream, "response")) as [http.IncomingHttpHeaders & { ":status": number }]
    return { status: head[":status"], headers: head, body: await bodyOf(stream) }
  } finally {
    session.close()
  }
}

const html = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" }
const page = makePage()

const isShell = (answer: Answer) => {
  assert.strictEqual(answer.status, 200)
  assert.strictEqual(answer.body.toString(), shell)
  assert.strictEqual(answer.headers["content-type"], "text/html; charset=utf-8")
}

const isNotFound = (answer: Answer) => {
  assert.strictEqual(answer.status, 404)
  assert.match(answer.headers["content-type"] ?? "", /^application\/json/)
  assert.strictEqual((JSON.parse(answer.body.toString()) as { error: { code: string } }).error.code, "not_found")
}

const withPage = Layer.merge(
  Fixture.gateway({ ...Fixture.generous, page: { folder: page.folder } }),
  Layer.effectDiscard(Effect.addFinalizer(() => Effect.sync(page.remove)))
)

layer(withPage)("the page", (it) => {
  describe.each([
    ["HTTP/1.1", overHttp1],
    ["HTTP/2", overHttp2]
  ] as const)("over %s", (_, send) => {
    const get = (path: string, headers: Record<string, string> = html, method = "GET") =>
      Effect.flatMap(GatewayServer, ({ url }) => Effect.promise(() => send(url, path, headers, method)))

    it.effect("is the shell at every address of a screen", () =>
      Effect.gen(function* () {
        for (const path of ["/", "/?a=1", "/games/x", "/games/x/map?turn=25&at=54,118.5", "/join/abc"]) {
          isShell(yield* get(path))
        }
        // Whoever asks for the root by hand sees that it is there.
        isShell(yield* get("/", {}))
      })
    )

    it.effect("is never the shell for a program, a file that is missing or a route of the API", () =>
      Effect.gen(function* () {
        for (const path of ["/_app/x.js", "/_app/x", "/_app/immutable/chunks/it.BBBB.js", "/x.png", "/games/a.b"]) {
          isNotFound(yield* get(path))
        }
        for (const path of ["/api/x", "/api", "/api/v1/public/x"]) isNotFound(yield* get(path))
        for (const accept of ["application/json", "*/*", "text/html;q=0"])
          isNotFound(yield* get("/games/x", { accept }))
        isNotFound(yield* get("/games/x", html, "POST"))
        isNotFound(yield* get("/", html, "DELETE"))
        isNotFound(yield* get("/icon.svg", html, "PUT"))
      })
    )

    it.effect("leaves the routes of the gateway as they are", () =>
      Effect.gen(function* () {
        for (const path of ["/healthz", "/readyz", "/api/v1/public/gateway-info"]) {
          const answer = yield* get(path)
          assert.strictEqual(answer.status, 200)
          assert.match(answer.headers["content-type"] ?? "", /^application\/json/)
          assert.isUndefined(answer.headers["content-security-policy"])
        }
      })
    )

    it.effect("serves nothing of its folder that isn't listed, however it is written", () =>
      Effect.gen(function* () {
        const ways = [
          "/secret.txt",
          "/manifest.json",
          "/shell.html",
          "/icon.svg/",
          "//icon.svg",
          "/_app/../icon.svg",
          "/./icon.svg",
          "/%69con.svg",
          "/..%2fsecret.txt",
          "/_app/immutable/../../secret.txt",
          `${chunkPath}.br`,
          "/icon.svg%00",
          "/constructor.x"
        ]
        for (const path of ways) isNotFound(yield* get(path))
      })
    )

    it.effect("says how long its files may be kept, and that they are what they say", () =>
      Effect.gen(function* () {
        const answers = [yield* get(chunkPath), yield* get("/icon.svg"), yield* get("/games")]
        assert.deepStrictEqual(
          answers.map(({ headers }) => headers["cache-control"]),
          ["public, max-age=31536000, immutable", "no-cache", "no-cache"]
        )
        assert.deepStrictEqual(
          answers.map(({ headers }) => headers.vary),
          ["accept-encoding", undefined, "accept, accept-encoding"]
        )
        for (const { headers } of answers) {
          assert.strictEqual(headers["content-security-policy"], manifest.contentSecurityPolicy)
          assert.strictEqual(headers["x-content-type-options"], "nosniff")
          assert.strictEqual(headers["referrer-policy"], "no-referrer")
          assert.strictEqual(headers["cross-origin-opener-policy"], "same-origin")
          assert.isUndefined(headers["accept-ranges"])
        }
        assert.strictEqual(answers[1]?.body.toString(), icon)
      })
    )

    it.effect("sends the form that the client likes", () =>
      Effect.gen(function* () {
        const sent = (encoding: string) => get(chunkPath, { "accept-encoding": encoding })
        const br = yield* sent("gzip, deflate, br")
        const gzip = yield* sent("gzip")
        const plain = yield* get(chunkPath, {})
        assert.strictEqual(brotliDecompressSync(br.body).toString(), chunk)
        assert.strictEqual(gunzipSync(gzip.body).toString(), chunk)
        assert.strictEqual(plain.body.toString(), chunk)
        assert.deepStrictEqual(
          [br, gzip, plain].map(({ headers }) => headers["content-encoding"]),
          ["br", "gzip", undefined]
        )
        for (const it of [br, gzip, plain]) assert.strictEqual(Number(it.headers["content-length"]), it.body.length)
        assert.strictEqual(new Set([br, gzip, plain].map(({ headers }) => headers.etag)).size, 3)
      })
    )

    it.effect("isn't sent again to a client that has it", () =>
      Effect.gen(function* () {
        const first = yield* get("/games/x", { ...html, "accept-encoding": "br" })
        const { etag = "" } = first.headers
        const again = yield* get("/games/y", { ...html, "accept-encoding": "br", "if-none-match": `"x", W/${etag}` })
        assert.strictEqual(again.status, 304)
        assert.strictEqual(again.body.length, 0)
        assert.deepStrictEqual([again.headers.etag, again.headers["cache-control"]], [etag, "no-cache"])
        // Another form is another thing.
        assert.strictEqual((yield* get("/games/y", { ...html, "if-none-match": etag })).status, 200)
      })
    )

    it.effect("answers HEAD like GET, without the content", () =>
      Effect.gen(function* () {
        for (const path of ["/", chunkPath]) {
          const whole = yield* get(path)
          const head = yield* get(path, html, "HEAD")
          const { date: _, connection: __, ...headers } = whole.headers
          const { date: ___, connection: ____, ...own } = head.headers
          assert.deepStrictEqual(own, headers)
          assert.strictEqual(head.body.length, 0)
        }
        assert.strictEqual((yield* get("/x.png", html, "HEAD")).status, 404)
      })
    )

    it.effect("ignores ranges", () =>
      Effect.gen(function* () {
        const answer = yield* get(chunkPath, { range: "bytes=0-3" })
        assert.strictEqual(answer.status, 200)
        assert.strictEqual(answer.body.toString(), chunk)
      })
    )

    it.effect("answers to no foreign host", () =>
      Effect.gen(function* () {
        const name = send === overHttp1 ? "host" : ":authority"
        assert.strictEqual((yield* get("/", { ...html, [name]: "evil.example" })).status, 403)
      })
    )
  })
})

layer(Fixture.gateway(Fixture.generous))("without the page", (it) => {
  it.effect("every address is for programs", () =>
    Effect.gen(function* () {
      const { url } = yield* GatewayServer
      for (const path of ["/", "/games/x"]) isNotFound(yield* Effect.promise(() => overHttp1(url, path, html, "GET")))
    })
  )
})

describe("a gateway", () => {
  it("doesn't start with a page that isn't there", async () => {
    const start = Effect.scoped(Layer.build(Fixture.gateway({ page: { folder: "/nowhere/at/all" } })))
    const result = await Effect.runPromise(start).then(
      () => "started",
      (error: Error) => error.message
    )
    assert.include(result, "the page can't be read")
  })
})
