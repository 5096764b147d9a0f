/**
 * What the Docker Engine answers in the part of its API that starts and ends engines. A real daemon and the testkit's
 * double are held to the same cases, so that tests on the double say something about the daemon.
 */
import { randomUUID } from "node:crypto"
import { request } from "node:http"
import { createServer } from "node:net"
import { Effect, Layer, Schedule } from "effect"
import * as assert from "../internal/assert.ts"
import { type Case, casesOf } from "./Case.ts"

/** What containers of a case run. */
export interface ProgramUnderTest {
  readonly image: string
  /** The command to run in a container, where the image has none. */
  readonly command?: ReadonlyArray<string>
}

/** The daemon to ask, and programs that it has. */
export interface DockerUnderTest {
  readonly socketPath: string
  /** Runs until it is ended. */
  readonly idle: ProgramUnderTest
  /** Writes `it fails` to standard error and ends with code 3. */
  readonly failing: ProgramUnderTest
  /** Takes all memory that it gets, and is ended by the system for want of more. */
  readonly eating: ProgramUnderTest
}

interface Answer {
  readonly status: number
  /** The body as JSON, or as text. */
  readonly body: unknown
}

interface Inspected {
  readonly Id: string
  readonly Image: string
  readonly State: {
    readonly Status: string
    readonly Running: boolean
    readonly ExitCode: number
    readonly OOMKilled: boolean
    readonly FinishedAt: string
  }
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, ReadonlyArray<{ readonly HostPort: string }>>> }
}

/** Lines of an answer that goes on, until it is let go. */
const follow = (socketPath: string, path: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly lines: ReadonlyArray<unknown>; readonly end: () => void }>((resume) => {
      const lines: Array<unknown> = []
      let rest = ""
      const call = request({ socketPath, path: `/v1.41${path}` }, (response) => {
        response.setEncoding("utf8").on("data", (chunk: string) => {
          const parts = (rest + chunk).split("\n")
          rest = parts.pop() ?? ""
          for (const part of parts) if (part.trim() !== "") lines.push(JSON.parse(part))
        })
        response.on("error", () => undefined)
        resume(Effect.succeed({ lines, end: () => void call.destroy() }))
      })
      call.on("error", () => undefined)
      call.end()
    }),
    ({ end }) => Effect.sync(end)
  )

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
export const dockerEngine = ({ eating, failing, idle, socketPath }: DockerUnderTest): ReadonlyArray<Case> =>
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
      const create = (name: string, hostConfig: object = {}, more: object = {}, program = idle) =>
        call("POST", `/containers/create?name=${name}`, {
          Image: program.image,
          ...(program.command === undefined ? {} : { Cmd: program.command }),
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
          assert.strictEqual((yield* call("GET", `/images/${idle.image}/json`)).status, 200)
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

      named("tells how a program has ended, and what it said", (name) =>
        Effect.gen(function* () {
          yield* create(name, {}, {}, failing)
          assert.strictEqual((yield* call("POST", `/containers/${name}/start`)).status, 204)
          const waited = yield* call("POST", `/containers/${name}/wait`)
          assert.deepInclude(waited.body, { StatusCode: 3 })
          const { State } = yield* inspect(name)
          assert.deepInclude(State, { Status: "exited", ExitCode: 3, OOMKilled: false })
          assert.isAbove(Date.parse(State.FinishedAt), 0)
          const { body, status } = yield* call("GET", `/containers/${name}/logs?stdout=1&stderr=1&tail=5`)
          assert.strictEqual(status, 200)
          // Eight bytes first: standard error, and the length.
          assert.strictEqual(body, "\u0002\0\0\0\0\0\0\u0009it fails\n")
          assert.strictEqual((yield* call("GET", `/containers/${name}-2/logs?stderr=1`)).status, 404)
        })
      )

      named("says that a program ran out of memory", (name) =>
        Effect.gen(function* () {
          const Memory = 16 * 1_048_576
          yield* create(name, { Memory, MemorySwap: Memory }, {}, eating)
          yield* call("POST", `/containers/${name}/start`)
          yield* call("POST", `/containers/${name}/wait`)
          assert.deepInclude((yield* inspect(name)).State, { Status: "exited", ExitCode: 137, OOMKilled: true })
        })
      )

      named("tells of events by label and kind, with the labels", (name) =>
        Effect.scoped(
          Effect.gen(function* () {
            const wanted = encodeURIComponent(JSON.stringify({ type: ["container"], label: [label], event: ["die"] }))
            const { lines } = yield* follow(socketPath, `/events?filters=${wanted}`)
            yield* create(name)
            yield* create(`${name}-2`, {}, { Labels: { other: "label" } })
            yield* Effect.addFinalizer(() => call("DELETE", `/containers/${name}-2?force=1`))
            for (const one of [name, `${name}-2`]) {
              yield* call("POST", `/containers/${one}/start`)
              yield* call("POST", `/containers/${one}/kill`)
              yield* call("POST", `/containers/${one}/wait`)
            }
            yield* Effect.repeat(
              Effect.suspend(() => Effect.succeed(lines.length)),
              { until: (count) => count > 0, schedule: Schedule.spaced("20 millis") }
            )
            const { Id } = yield* inspect(name)
            assert.strictEqual(lines.length, 1)
            const [event] = lines as ReadonlyArray<{
              readonly Action: string
              readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
            }>
            assert.deepStrictEqual([event?.Action, event?.Actor.ID], ["die", Id])
            assert.deepInclude(event?.Actor.Attributes, { [labelKey]: labelValue, exitCode: "137", name })
          })
        )
      )

      named("has networks, each name once", (name) =>
        Effect.gen(function* () {
          const make = () =>
            call("POST", "/networks/create", { Name: name, Driver: "bridge", Internal: true, CheckDuplicate: true })
          yield* Effect.addFinalizer(() => call("DELETE", `/networks/${name}`))
          assert.strictEqual((yield* call("GET", `/networks/${name}`)).status, 404)
          assert.strictEqual((yield* make()).status, 201)
          const again = yield* make()
          assert.strictEqual(again.status, 409)
          assert.match(message(again), /already exists/)
          assert.deepInclude((yield* call("GET", `/networks/${name}`)).body, { Name: name, Internal: true })
          const wanted = encodeURIComponent(JSON.stringify({ name: [name.slice(0, -1)] }))
          const found = (yield* call("GET", `/networks?filters=${wanted}`)).body as ReadonlyArray<{
            readonly Name: string
            readonly Created: string
          }>
          assert.deepStrictEqual(
            found.map((it) => it.Name),
            [name]
          )
          assert.isAbove(Date.parse(found[0]?.Created ?? ""), 0)
          yield* create(name, { NetworkMode: name })
          assert.strictEqual((yield* call("POST", `/containers/${name}/start`)).status, 204)
          const list = yield* call("GET", `/containers/json?all=1&filters=${filters}`)
          const networks = (
            list.body as ReadonlyArray<{ readonly NetworkSettings: { readonly Networks: object } }>
          ).map((it) => Object.keys(it.NetworkSettings.Networks))
          assert.deepStrictEqual(networks, [[name]])
          yield* call("DELETE", `/containers/${name}?force=1`)
          yield* create(`${name}-2`, { NetworkMode: `${name}-none` })
          const lost = yield* call("POST", `/containers/${name}-2/start`)
          assert.strictEqual(lost.status, 404)
          assert.match(message(lost), /network .* not found/)
        }).pipe(Effect.scoped)
      )

      named("keeps a volume that has a name, and removes one without with its container", (name) =>
        Effect.gen(function* () {
          const volumes = Effect.map(call("GET", `/volumes?filters=${filters}`), ({ body }) =>
            ((body as { readonly Volumes: ReadonlyArray<{ readonly Name: string }> | null }).Volumes ?? []).map(
              (it) => it.Name
            )
          )
          const mount = (Source?: string) => ({
            Mounts: [
              {
                Type: "volume",
                Target: "/state",
                ...(Source === undefined ? {} : { Source }),
                VolumeOptions: { Labels: { [labelKey]: labelValue } }
              }
            ]
          })
          yield* create(name, mount(name))
          yield* create(`${name}-2`, mount())
          const made = yield* volumes
          assert.strictEqual(made.length, 2)
          assert.include(made, name)
          const used = yield* call("DELETE", `/volumes/${name}`)
          assert.strictEqual(used.status, 409)
          assert.match(message(used), /volume is in use/)
          for (const one of [name, `${name}-2`]) {
            assert.strictEqual((yield* call("DELETE", `/containers/${one}?force=1&v=1`)).status, 204)
          }
          assert.deepStrictEqual(yield* volumes, [name])
          assert.strictEqual((yield* call("DELETE", `/volumes/${name}`)).status, 204)
          assert.strictEqual((yield* call("DELETE", `/volumes/${name}`)).status, 404)
        })
      )

      named("refuses to pull what no registry has", () =>
        Effect.gen(function* () {
          // Nobody listens there.
          const answer = yield* call("POST", "/images/create?fromImage=127.0.0.1:9/galaxy-test/nothing&tag=1")
          assert.include([404, 500], answer.status)
          assert.notStrictEqual(message(answer), "")
        })
      )
    },
    { liveClock: true }
  )
