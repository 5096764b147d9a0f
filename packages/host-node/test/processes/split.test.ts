/** Backend and gateway as processes of their own, on a real PostgreSQL and a real Redis, with either of them killed. */
import { mkdtempSync, rmSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue, Schedule, Stream } from "effect"
import { SMTPServer } from "smtp-server"
import type { Entry } from "../../../../scripts/lib/bundled.ts"
import { Process } from "./Process.ts"

const postgres = serverUrl()
const redis = process.env["GALAXY_TEST_REDIS_URL"]
const there = postgres !== undefined && redis !== undefined
if (!there) console.warn("skipped: separate processes (no PostgreSQL or no Redis server)")

const token = "shared-by-both"

const key = (fill: number) => Buffer.alloc(32, fill).toString("base64")

/** A relay that keeps what it gets. */
const relay = Effect.acquireRelease(
  Effect.callback<{ readonly port: number; readonly mails: Array<string> }>((resume) => {
    const mails: Array<string> = []
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData: (stream, _session, done) => {
        let text = ""
        stream.on("data", (chunk: Buffer) => {
          text += chunk.toString("utf8")
        })
        stream.on("end", () => {
          mails.push(text)
          done()
        })
      }
    })
    // A backend that is killed resets its connections.
    server.on("error", () => undefined)
    server.listen(0, "127.0.0.1", () => {
      resume(
        Effect.succeed({ port: (server.server.address() as AddressInfo).port, mails, close: () => server.close() })
      )
    })
  }),
  (it) => Effect.sync(() => (it as unknown as { readonly close: () => void }).close())
)

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-split-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }))
)

const run = (main: Entry, environment: Readonly<Record<string, string>>, ready: RegExp) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const started = new Process(main, environment)
      const found = await started.until(ready)
      return { started, found }
    }),
    ({ started }) => Effect.promise(() => started.kill("SIGKILL"))
  )

/** A backend on ports that stay the same over its restarts, once they are known. */
const backend = Effect.fnUntraced(function* (settings: {
  readonly database: string
  readonly smtp: number
  readonly dataDir: string
  readonly ports?: { readonly http: string; readonly push: string }
}) {
  const { started } = yield* run(
    "processes/backend",
    {
      BACKEND_HTTP_ADDR: `:${settings.ports?.http ?? "0"}`,
      BACKEND_GRPC_PUSH_ADDR: `:${settings.ports?.push ?? "0"}`,
      BACKEND_POSTGRES_DSN: settings.database,
      BACKEND_SECRET_KEY: key(1),
      BACKEND_SMTP_URL: `smtp://127.0.0.1:${settings.smtp}?tls=none`,
      BACKEND_DATA_DIR: settings.dataDir,
      BACKEND_GATEWAY_TOKEN: token
    },
    /"message":"backend is ready"/
  )
  const [, http = ""] = yield* Effect.promise(() =>
    started.until(/"backend listens","url":"http:\/\/127\.0\.0\.1:(\d+)"/)
  )
  const [, push = ""] = yield* Effect.promise(() => started.until(/"push stream listens".*"port":(\d+)/))
  return { started, ports: { http, push } }
})

const gateway = Effect.fnUntraced(function* (ports: { readonly http: string; readonly push: string }) {
  const { started, found } = yield* run(
    "processes/gateway",
    {
      GATEWAY_HTTP_ADDR: ":0",
      GATEWAY_BACKEND_HTTP_URL: `http://127.0.0.1:${ports.http}`,
      GATEWAY_BACKEND_GRPC_PUSH_URL: `http://127.0.0.1:${ports.push}`,
      GATEWAY_BACKEND_TOKEN: token,
      GATEWAY_REDIS_URL: redis ?? "",
      GATEWAY_SIGNING_KEY: key(2)
    },
    /"gateway listens","url":"([^"]+)"/
  )
  return { started, url: found[1] ?? "" }
})

const patiently = { times: 2_400, schedule: Schedule.spaced("50 millis") }

const signIn = (url: string, mails: ReadonlyArray<string>, name: string) =>
  Effect.gen(function* () {
    const deviceKey = DeviceKey.fromSeed(crypto.getRandomValues(new Uint8Array(32)))
    const challengeId = yield* PublicEdge.sendEmailCode(url, { email: `${name}@example.org` })
    const code = yield* Effect.suspend(() => {
      const mail = mails.find((text) => text.includes(`${name}@example.org`))
      const found = mail === undefined ? undefined : /\b(\d{8})\b is your/.exec(mail)?.[1]
      return found === undefined ? Effect.fail("no mail") : Effect.succeed(found)
    }).pipe(Effect.retry(patiently))
    const deviceSessionId = yield* PublicEdge.confirmEmailCode(url, {
      challengeId,
      code,
      key: deviceKey,
      timeZone: "UTC"
    })
    return yield* GalaxyClient.make({ baseUrl: url, session: { deviceSessionId, key: deviceKey } })
  })

describe.skipIf(!there)("separate processes", () => {
  it.live(
    "a backend that is killed costs time and no event; a gateway that starts again goes on",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { url: database } = yield* cloneUrl(postgres ?? "")
          const { port: smtp, mails } = yield* relay
          const dataDir = yield* folder
          const first = yield* backend({ database, smtp, dataDir })
          const front = yield* gateway(first.ports)
          const ada = yield* signIn(front.url, mails, "ada")
          const lin = yield* signIn(front.url, mails, "lin")
          const { user_id } = yield* lin.call("user.account.get", {})

          const heard = yield* Queue.unbounded<number>()
          const listening = yield* Effect.forkScoped(
            Stream.runForEach(lin.events("now"), (event) => Queue.offer(heard, event.sequence))
          )
          const invite = Effect.gen(function* () {
            const { game_id } = yield* ada.call("lobby.games.create", {
              game_name: "Split",
              min_players: 2,
              max_players: 2,
              turn_schedule: "0 0 1 1 *"
            })
            yield* ada.call("lobby.invites.issue", { game_id, invited_user_id: user_id })
          })
          const next = Queue.take(heard).pipe(Effect.timeout("120 seconds"))
          // Nothing tells when the stream is open: invites go out until it has heard of one.
          const inviting = Effect.andThen(invite, Effect.sleep("200 millis"))
          const once = yield* Effect.raceFirst(next, Effect.forever(inviting))

          yield* Effect.promise(() => first.started.kill("SIGKILL"))
          const refused = yield* Effect.flip(ada.call("user.account.get", {}))
          assert.strictEqual(refused._tag, "Unavailable")
          // The gateway goes on by itself, and shows what it misses.
          const probe = yield* Effect.promise(async () => {
            const response = await fetch(`${front.url}/readyz`)
            return { status: response.status, json: (await response.json()) as unknown }
          })
          assert.deepStrictEqual(probe, {
            status: 200,
            json: { status: "ready", missing: [], backend: "unavailable" }
          })

          yield* backend({ database, smtp, dataDir, ports: first.ports })
          yield* Effect.retry(invite, { ...patiently, while: (error) => error._tag === "Unavailable" })
          assert.isAbove(yield* next, once)

          yield* Effect.promise(() => front.started.kill("SIGTERM"))
          const again = yield* gateway(first.ports)
          assert.notStrictEqual(again.started.child.pid, front.started.child.pid)
          yield* Fiber.interrupt(listening)
        })
      ),
    480_000
  )

  it.live(
    "a gateway without Redis, and a backend without a database, refuse to start and say why",
    () =>
      Effect.promise(async () => {
        const lonely = new Process("processes/gateway", {
          GATEWAY_HTTP_ADDR: ":0",
          GATEWAY_BACKEND_HTTP_URL: "http://127.0.0.1:1",
          GATEWAY_BACKEND_GRPC_PUSH_URL: "http://127.0.0.1:1",
          GATEWAY_REDIS_URL: "redis://127.0.0.1:1",
          GATEWAY_SIGNING_KEY: key(2)
        })
        assert.strictEqual((await lonely.ended).code, 1)
        assert.match(lonely.output, /^GATEWAY_REDIS_URL: Redis at 127\.0\.0\.1:1 can't be used: /m)
        const empty = new Process("processes/backend", {})
        assert.strictEqual((await empty.ended).code, 2)
        for (const name of ["POSTGRES_DSN", "SECRET_KEY", "SMTP_URL", "DATA_DIR"]) {
          assert.include(empty.output, `BACKEND_${name}: must be set`)
        }
        const open = new Process("processes/backend", {
          BACKEND_POSTGRES_DSN: "postgres://127.0.0.1:1/none",
          BACKEND_SECRET_KEY: key(1),
          BACKEND_SMTP_URL: "smtp://127.0.0.1:1",
          BACKEND_DATA_DIR: "none"
        })
        assert.strictEqual((await open.ended).code, 2)
        assert.match(open.output, /^BACKEND_GATEWAY_TOKEN: must be set, .*BACKEND_TRUSTED_NETWORK=true/m)
      }),
    480_000
  )
})
