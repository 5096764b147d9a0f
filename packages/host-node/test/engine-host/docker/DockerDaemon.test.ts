/** What a daemon answers, and how it fails, becomes typed values and errors; and nothing waits for ever. */
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { createServer as createSocket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { connect, type DockerTimes } from "@galaxy/host-node/engine-host/docker/DockerDaemon"
import * as DockerDouble from "@galaxy/testkit/docker/DockerDouble"
import { failingImage, idleImage } from "@galaxy/testkit/docker/engineImage"
import { Effect, Option, Queue, Stream } from "effect"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-daemon-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
)

const listening = (server: Server, socketPath: string) =>
  Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(socketPath, () => resume(Effect.void))),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )

/** A daemon that answers as it is told to. */
const scripted = (answer: (request: IncomingMessage, response: ServerResponse) => void, times?: Partial<DockerTimes>) =>
  Effect.gen(function* () {
    const socketPath = join(yield* folder, "docker.sock")
    yield* listening(createServer(answer), socketPath)
    return yield* connect({ socketPath }, times)
  })

const double = Effect.flatMap(
  DockerDouble.make({ "galaxy-test/idle:1": idleImage, "galaxy-test/failing:1": failingImage }),
  ({ socketPath }) => connect({ socketPath })
)

const options = { Image: "galaxy-test/idle:1", Labels: { mine: "yes" }, HostConfig: { NetworkMode: "engines" } }

describe("a Docker daemon", () => {
  it.live("starts, tells of, ends and removes containers, and takes what is done already for done", () =>
    Effect.gen(function* () {
      const daemon = yield* double
      yield* daemon.ping
      assert.deepStrictEqual(yield* daemon.networks("engines"), [])
      yield* daemon.createNetwork({ Name: "engines", Internal: true })
      yield* daemon.createNetwork({ Name: "engines-2" })
      const networks = yield* daemon.networks("engines")
      assert.deepStrictEqual(
        networks.map((it) => [it.Name, it.Internal]),
        [["engines", true]]
      )
      const id = yield* daemon.create("one", options)
      yield* daemon.start(id)
      yield* daemon.start("one")
      const found = Option.getOrThrow(yield* daemon.inspect("one"))
      assert.deepStrictEqual([found.Id, found.State.Status], [id, "running"])
      assert.deepStrictEqual(
        (yield* daemon.list(["mine=yes"])).map((it) => [it.Id, it.State]),
        [[id, "running"]]
      )
      assert.deepStrictEqual(yield* daemon.list(["mine=no"]), [])
      yield* daemon.stop("one", 1)
      yield* daemon.stop("one", 1)
      yield* daemon.remove("one")
      yield* daemon.remove("one")
      yield* daemon.stop("one", 1)
      assert.deepStrictEqual(yield* daemon.inspect("one"), Option.none())
    }).pipe(Effect.scoped)
  )

  it.live("refuses with its own words", () =>
    Effect.gen(function* () {
      const daemon = yield* double
      yield* daemon.create("one", options)
      const taken = yield* Effect.flip(daemon.create("one", options))
      assert.deepInclude(taken, { _tag: "DockerRefused", status: 409 })
      assert.include(taken.message, "already in use")
      const unknown = yield* Effect.flip(daemon.create("two", { ...options, Image: "nobody/knows:1" }))
      assert.deepInclude(unknown, { _tag: "DockerRefused", status: 404, message: "No such image: nobody/knows:1" })
      assert.deepStrictEqual(yield* daemon.imageId("nobody/knows:1"), Option.none())
      const pulled = yield* Effect.flip(daemon.pull("nobody/knows:1"))
      assert.deepInclude(pulled, { _tag: "DockerRefused", status: 404 })
    }).pipe(Effect.scoped)
  )

  it.live("tells of ends as they come, and of a log's last lines", () =>
    Effect.gen(function* () {
      const daemon = yield* double
      const open = yield* Queue.unbounded<"open" | readonly [string, string | undefined]>()
      yield* Effect.forkScoped(
        Stream.runForEach(daemon.events(["mine"], ["die"], Queue.offer(open, "open")), ({ Action, Actor }) =>
          Queue.offer(open, [Action, Actor.Attributes["mine"]])
        )
      )
      assert.strictEqual(yield* Queue.take(open), "open")
      const id = yield* daemon.create("one", { Image: "galaxy-test/failing:1", Labels: { mine: "yes" } })
      yield* daemon.start(id)
      assert.deepStrictEqual(yield* Queue.take(open), ["die", "yes"])
      assert.deepStrictEqual(yield* daemon.logs(id, 5), ["it fails"])
    }).pipe(Effect.scoped)
  )

  it.live("is out of reach where nobody listens", () =>
    Effect.gen(function* () {
      const socketPath = join(yield* folder, "docker.sock")
      const missing = yield* connect({ socketPath })
      const error = yield* Effect.flip(missing.ping)
      assert.strictEqual(error._tag, "DockerUnavailable")
      assert.include(error.message, "ENOENT")
      assert.strictEqual((yield* Effect.flip(missing.create("one", options)))._tag, "DockerUnavailable")
      assert.strictEqual((yield* Effect.flip(missing.inspect("one")))._tag, "DockerUnavailable")
      const port = yield* Effect.callback<number>((resume) => {
        const server = createSocket().listen(0, "127.0.0.1", () => {
          const address = server.address()
          server.close(() => resume(Effect.succeed(typeof address === "object" ? (address?.port ?? 0) : 0)))
        })
      })
      const refusing = yield* connect({ host: "127.0.0.1", port })
      assert.include((yield* Effect.flip(refusing.ping)).message, "ECONNREFUSED")
    }).pipe(Effect.scoped)
  )

  it.live("is out of reach when it says nothing, also in the middle of something", () =>
    Effect.gen(function* () {
      const silent = yield* scripted(() => undefined, { silence: 100 })
      assert.include((yield* Effect.flip(silent.inspect("one"))).message, "has said nothing for 0.1 s")
      // A start may take long while pings are answered.
      let pings = 0
      const slow = yield* scripted(
        (request, response) => {
          if (request.url?.endsWith("_ping") === true && ++pings < 3) response.end("OK")
        },
        { silence: 2_000 }
      )
      assert.include((yield* Effect.flip(slow.start("one"))).message, "has said nothing for 2 s")
      assert.strictEqual(pings, 3)
    }).pipe(Effect.scoped)
  )

  it.live("is out of reach when it answers what can't be understood", () =>
    Effect.gen(function* () {
      const daemon = yield* scripted((_, response) => void response.end(JSON.stringify({ Id: 7 })))
      const error = yield* Effect.flip(daemon.inspect("one"))
      assert.strictEqual(error._tag, "DockerUnavailable")
      assert.include(error.message, "can't be understood")
    }).pipe(Effect.scoped)
  )

  it.live("gets a container's options, with their secrets, in the body alone", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const daemon = yield* scripted((request, response) => {
        seen.push(request.url ?? "")
        request.on("data", (chunk: Buffer) => void seen.push(chunk.toString()))
        request.on("end", () => void response.writeHead(201).end(JSON.stringify({ Id: "abc" })))
      })
      assert.strictEqual(yield* daemon.create("one", { Env: ["SECRET=s3cret"] }), "abc")
      assert.deepStrictEqual(seen, ["/containers/create?name=one", JSON.stringify({ Env: ["SECRET=s3cret"] })])
    }).pipe(Effect.scoped)
  )
})
