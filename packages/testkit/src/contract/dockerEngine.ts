/**
 * What the Docker Engine answers in the part of its API that starts and ends engines. A real daemon and the testkit's
 * double are held to the same cases, so that tests on the double say something about the daemon.
 */
import { randomUUID } from "node:crypto"
import { request } from "node:http"
import { createServer } from "node:net"
import { Effect, Layer } from "effect"
import * as assert from "../internal/assert.ts"
import { type Case, casesOf } from "./Case.ts"

/** The daemon to ask, and an image on it whose program runs until it is ended. */
export interface DockerUnderTest {
  readonly socketPath: string
  readonly image: string
  /** The command to run in a container, where the image has none. */
  readonly command?: ReadonlyArray<string>
}

interface Answer {
  readonly status: number
  /** The body as JSON, or as text. */
  readonly body: unknown
}

interface Inspected {
  readonly Id: string
  readonly State: { readonly Status: string; readonly Running: boolean }
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, ReadonlyArray<{ readonly HostPort: string }>>> }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

const ask = (socketPath: string, method: string, path: string, json?: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const body = json === undefined ? undefined : JSON.stringify(json)
    const headers =
      body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }
    const call = request({ socketPath, method, path: `/v1.41${path}`, headers, timeout: 30_000 }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(text) }))
    })
    call.on("error", reject)
    call.on("timeout", () => call.destroy(new Error(`${method} ${path} wasn't answered within 30 s`)))
    call.end(body)
  })

/** What every Docker Engine answers. Containers of a case are removed after it. */
export const dockerEngine = ({ command, image, socketPath }: DockerUnderTest): ReadonlyArray<Case> =>
  casesOf(
    Layer.empty,
    (it) => {
      const label = `galaxy-test=${randomUUID()}`
      const [labelKey = "", labelValue = ""] = label.split("=")
      const call = (method: string, path: string, json?: unknown) =>
        Effect.promise(() => ask(socketPath, method, path, json))
      const message = ({ body }: Answer) => (body as { readonly message?: string }).message ?? ""
      const filters = encodeURIComponent(JSON.stringify({ label: [label] }))
      const listed = (all: boolean) =>
        Effect.map(
          call("GET", `/containers/json?all=${all ? 1 : 0}&filters=${filters}`),
          ({ body }) => body as ReadonlyArray<{ readonly Id: string; readonly State: string }>
        )
      const clean = Effect.flatMap(listed(true), (all) =>
        Effect.forEach(all, ({ Id }) => call("DELETE", `/containers/${Id}?force=1&v=1`), { discard: true })
      )
      const create = (name: string, hostConfig: object = {}, more: object = {}) =>
        call("POST", `/containers/create?name=${name}`, {
          Image: image,
          ...(command === undefined ? {} : { Cmd: command }),
          Labels: { [labelKey]: labelValue },
          HostConfig: hostConfig,
          ...more
        })
      const inspect = (name: string) =>
        Effect.map(call("GET", `/containers/${name}/json`), ({ body }) => body as Inspected)
      const named = (title: string, body: (name: string) => Effect.Effect<void, unknown>) =>
        it(title, () => Effect.ensuring(body(`galaxy-test-${randomUUID()}`), clean))

      it("answers a ping", () =>
        Effect.map(call("GET", "/_ping"), (it) => assert.deepStrictEqual(it, { status: 200, body: "OK" })))

      named("starts and ends a container, and each step twice", (name) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* create(name)).status, 201)
          assert.strictEqual((yield* inspect(name)).State.Status, "created")
          assert.strictEqual((yield* call("POST", `/containers/${name}/start`)).status, 204)
          assert.strictEqual((yield* call("POST", `/containers/${name}/start`)).status, 304)
          assert.isTrue((yield* inspect(name)).State.Running)
          assert.strictEqual((yield* call("POST", `/containers/${name}/stop?t=0`)).status, 204)
          assert.strictEqual((yield* call("POST", `/containers/${name}/stop?t=0`)).status, 304)
          assert.strictEqual((yield* inspect(name)).State.Status, "exited")
          assert.strictEqual((yield* call("POST", `/containers/${name}/start`)).status, 204)
          assert.strictEqual((yield* call("POST", `/containers/${name}/kill`)).status, 204)
          assert.strictEqual((yield* call("POST", `/containers/${name}/wait`)).status, 200)
          const killed = yield* call("POST", `/containers/${name}/kill`)
          assert.strictEqual(killed.status, 409)
          assert.match(message(killed), /is not running/)
          assert.strictEqual((yield* call("DELETE", `/containers/${name}`)).status, 204)
          assert.strictEqual((yield* call("DELETE", `/containers/${name}`)).status, 404)
        })
      )

      named("doesn't know what isn't there", (name) =>
        Effect.gen(function* () {
          for (const [method, path] of [
            ["GET", `/containers/${name}/json`],
            ["POST", `/containers/${name}/start`],
            ["POST", `/containers/${name}/stop`],
            ["DELETE", `/containers/${name}?force=1`]
          ] as const) {
            const answer = yield* call(method, path)
            assert.strictEqual(answer.status, 404, path)
            assert.match(message(answer), /No such container/)
          }
          const created = yield* create(name, {}, { Image: "galaxy-test/nothing:1" })
          assert.strictEqual(created.status, 404)
          assert.match(message(created), /No such image/)
          const looked = yield* call("GET", "/images/galaxy-test/nothing:1/json")
          assert.strictEqual(looked.status, 404)
          assert.strictEqual((yield* call("GET", `/images/${image}/json`)).status, 200)
        })
      )

      named("refuses a name that is taken, and a bind of nothing", (name) =>
        Effect.gen(function* () {
          yield* create(name)
          const again = yield* create(name)
          assert.strictEqual(again.status, 409)
          assert.match(message(again), /^Conflict\..*already in use/)
          const Mounts = [{ Type: "bind", Source: `/nowhere/${name}`, Target: "/state" }]
          const mounted = yield* create(`${name}-2`, { Mounts })
          assert.strictEqual(mounted.status, 400)
          assert.match(message(mounted), /bind source path does not exist/)
        })
      )

      named("removes what runs only by force", (name) =>
        Effect.gen(function* () {
          yield* create(name)
          yield* call("POST", `/containers/${name}/start`)
          assert.strictEqual((yield* call("DELETE", `/containers/${name}`)).status, 409)
          assert.strictEqual((yield* call("DELETE", `/containers/${name}?force=1`)).status, 204)
          assert.strictEqual((yield* call("GET", `/containers/${name}/json`)).status, 404)
        })
      )

      named("lists by label, what runs or all", (name) =>
        Effect.gen(function* () {
          yield* create(`${name}-1`)
          yield* create(`${name}-2`)
          yield* call("POST", `/containers/${name}-1/start`)
          const ids = (all: ReadonlyArray<{ readonly Id: string }>) => all.map((it) => it.Id)
          const [one, two] = [yield* inspect(`${name}-1`), yield* inspect(`${name}-2`)]
          assert.deepStrictEqual(ids(yield* listed(false)), [one.Id])
          assert.sameDeepMembers(ids(yield* listed(true)), [one.Id, two.Id])
        })
      )

      named("publishes a port, and says so when it is taken", (name) =>
        Effect.gen(function* () {
          const publish = (HostPort: string) => ({
            PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort }] }
          })
          const exposed = { ExposedPorts: { "8080/tcp": {} } }
          yield* create(name, publish(""), exposed)
          assert.strictEqual((yield* call("POST", `/containers/${name}/start`)).status, 204)
          const { NetworkSettings } = yield* inspect(name)
          assert.isAbove(Number(NetworkSettings.Ports["8080/tcp"]?.[0]?.HostPort), 0)
          const taken = yield* Effect.acquireRelease(
            Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
              const server = createServer().listen(0, "127.0.0.1", () => {
                const address = server.address()
                const port = typeof address === "object" && address !== null ? address.port : 0
                resume(Effect.succeed({ port, close: () => void server.close() }))
              })
            }),
            (server) => Effect.sync(() => server.close())
          )
          yield* create(`${name}-2`, publish(`${taken.port}`), exposed)
          const started = yield* call("POST", `/containers/${name}-2/start`)
          assert.strictEqual(started.status, 500)
          assert.match(message(started), /driver failed programming external connectivity.*address already in use/)
          // The container is left behind, and has to be removed.
          assert.strictEqual((yield* inspect(`${name}-2`)).State.Status, "created")
        }).pipe(Effect.scoped)
      )
    },
    { liveClock: true }
  )
