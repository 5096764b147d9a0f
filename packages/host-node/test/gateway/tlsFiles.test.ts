/** A port's certificate is replaced while it is open: on both protocols, without cutting anybody off, and never by a bad one. */
import { once } from "node:events"
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import * as http2 from "node:http2"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as tls from "node:tls"
import { listen } from "@galaxy/host-node/gateway/listener"
import { everyMs, follow } from "@galaxy/host-node/gateway/tls/TlsFiles"
import { assert, it } from "@effect/vitest"
import { Duration, Effect, Logger, Metric, Queue } from "effect"
import { TestClock } from "effect/testing"
import { certificate, hasOpenssl } from "./certificate.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-tls-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** The subject of the certificate that a new connection is shown. */
const subjectAt = (port: number, protocol: "h2" | "http/1.1") =>
  Effect.promise(async () => {
    const socket = tls.connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ALPNProtocols: [protocol] })
    await once(socket, "secureConnect")
    const { subject } = socket.getPeerCertificate()
    const spoken = socket.alpnProtocol
    socket.destroy()
    return `${String(subject.CN)} ${String(spoken)}`
  })

const statusOf = async (session: http2.ClientHttp2Session) => {
  const stream = session.request({ ":path": "/" })
  const [headers] = (await once(stream, "response")) as [http2.IncomingHttpStatusHeader]
  stream.resume()
  return headers[":status"]
}

it.effect.skipIf(!hasOpenssl)("new connections get the new certificate, and open ones live on", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const lines = yield* Queue.unbounded<string>()
      const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => void Queue.offerUnsafe(lines, line))])
      const path = yield* folder
      const files = { cert: join(path, "cert.pem"), key: join(path, "key.pem") }
      const write = (pair: { readonly cert: string; readonly key: string }) => {
        writeFileSync(files.cert, pair.cert)
        writeFileSync(files.key, pair.key)
      }
      const [first, second, third] = [certificate("first"), certificate("second"), certificate("third")]
      write(first)
      // Certificates are valid from the second on in which they are made.
      yield* TestClock.setTime(Date.now())
      const { port } = yield* listen({ host: "127.0.0.1", port: 0, tls: { ...first, files } }, (_, response) => {
        response.end("ok")
      }).pipe(Effect.provide(logger))
      const subjects = Effect.all([subjectAt(port, "h2"), subjectAt(port, "http/1.1")])
      const session = yield* Effect.acquireRelease(
        Effect.sync(() => http2.connect(`https://127.0.0.1:${port}`, { ca: first.cert })),
        (it) => Effect.sync(() => it.destroy())
      )
      assert.strictEqual(yield* Effect.promise(() => statusOf(session)), 200)
      // The files are read in real time, so the next turn may not have begun yet when the clock moves.
      const turn = Effect.andThen(
        TestClock.adjust(Duration.millis(everyMs)),
        Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      )
      const said = Effect.raceFirst(Queue.take(lines), Effect.forever(turn))

      write(second)
      assert.match(yield* said, /the port has a new certificate/)
      assert.deepStrictEqual(yield* subjects, ["second h2", "second http/1.1"])
      assert.strictEqual(yield* Effect.promise(() => statusOf(session)), 200)

      // Half of a change, and then nonsense: the port keeps what it has, and says so once for each.
      writeFileSync(files.cert, third.cert)
      assert.match(yield* said, /can't be used.*must be a certificate and its private key/)
      for (let times = 0; times < 5; times++) yield* turn
      rmSync(files.key)
      assert.match(yield* said, /can't be used.*the file .*key\.pem does not exist/)
      assert.deepStrictEqual(yield* subjects, ["second h2", "second http/1.1"])

      // The way of ACME clients: links that lead elsewhere.
      const other = join(path, "other.pem")
      writeFileSync(other, third.key)
      symlinkSync(other, join(path, "link"))
      renameSync(join(path, "link"), files.key)
      const line = yield* said
      assert.match(line, /the port has a new certificate/)
      assert.notInclude(line, "PRIVATE KEY")
      assert.deepStrictEqual(yield* subjects, ["third h2", "third http/1.1"])
      assert.strictEqual(yield* Effect.promise(() => statusOf(session)), 200)
    })
  )
)

it.effect.skipIf(!hasOpenssl)("a certificate whose time hasn't come is taken when it comes", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const lines = yield* Queue.unbounded<string>()
      const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => void Queue.offerUnsafe(lines, line))])
      const path = yield* folder
      const files = { cert: join(path, "cert.pem"), key: join(path, "key.pem") }
      const [first, second] = [certificate("first"), certificate("second")]
      writeFileSync(files.cert, second.cert)
      writeFileSync(files.key, second.key)
      yield* TestClock.setTime(Date.now() - 3_600_000)
      const used: Array<string> = []
      yield* Effect.forkScoped(
        Effect.provide(
          follow(files, first, ({ cert }) => void used.push(cert)),
          logger
        )
      )
      const turn = Effect.andThen(
        TestClock.adjust(Duration.millis(everyMs)),
        Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      )
      const said = Effect.raceFirst(Queue.take(lines), Effect.forever(turn))
      assert.match(yield* said, /can't be used.*the certificate is valid only from /)
      for (let times = 0; times < 20; times++) yield* turn
      assert.deepStrictEqual(used, [])
      yield* TestClock.setTime(Date.now() + 1_000)
      assert.match(yield* said, /the port has a new certificate/)
      assert.deepStrictEqual(used, [second.cert])
    })
  )
)

it.effect.skipIf(!hasOpenssl)(
  "one that expires within a week is told of once, and told again where another one does",
  () =>
    Effect.scoped(
      Effect.gen(function* () {
        const lines: Array<string> = []
        const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
        const path = yield* folder
        const files = { cert: join(path, "cert.pem"), key: join(path, "key.pem") }
        const write = (pair: { readonly cert: string; readonly key: string }) => {
          writeFileSync(files.cert, pair.cert)
          writeFileSync(files.key, pair.key)
        }
        const [first, second] = [certificate("first", 8), certificate("second", 2)]
        write(first)
        // Ten minutes before it has a week left: the days until then are a look every few seconds each.
        const ahead = Duration.toMillis(Duration.subtract(Duration.days(1), Duration.minutes(10)))
        yield* TestClock.setTime(Date.now() + ahead)
        let used = 0
        yield* Effect.forkScoped(
          Effect.provide(
            follow(files, first, () => void used++),
            logger
          )
        )
        const turn = Effect.andThen(
          TestClock.adjust(Duration.millis(everyMs)),
          Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2)))
        )
        const soon = () => lines.filter((line) => line.includes("expires soon"))
        for (let times = 0; times < 5; times++) yield* turn
        assert.deepStrictEqual(soon(), [])
        const series = (yield* Metric.snapshot).find(({ id }) => id === "galaxy.gateway.certificate.expires_in")
        assert.closeTo(series?.type === "Gauge" ? Number(series.state.value) : 0, 7 * 86_400 + 600, 300)
        yield* TestClock.adjust(Duration.minutes(10))
        for (let times = 0; times < 20; times++) yield* turn
        assert.lengthOf(soon(), 1)
        write(second)
        yield* Effect.repeat(turn, { until: () => used === 1 })
        for (let times = 0; times < 5; times++) yield* turn
        assert.lengthOf(soon(), 2)
      })
    )
)
