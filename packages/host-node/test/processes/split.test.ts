/** Backend and gateway as processes of their own, on a real PostgreSQL and a real Redis, with either of them killed. */
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue, Stream } from "effect"
import { backend, folder, gateway, key, patiently, redis, relay, signIn } from "./parts.ts"
import { Process } from "./Process.ts"

const postgres = serverUrl()
const there = postgres !== undefined && redis !== undefined
if (!there) console.warn("skipped: separate processes (no PostgreSQL or no Redis server)")

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
          const front = yield* gateway(first.ports, { GATEWAY_PROCESSES: "2", GATEWAY_CLIENT_ID: "front" })
          // Each of its processes follows the push stream, so each hears of every revocation.
          yield* Effect.promise(() => first.started.until(/"a gateway subscribed".*"gateway":"front-1"/))
          yield* Effect.promise(() => first.started.until(/"a gateway subscribed".*"gateway":"front-2"/))
          const { client: ada } = yield* signIn(front.url, mails, "ada")
          const { client: lin } = yield* signIn(front.url, mails, "lin")
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
            json: {
              status: "ready",
              missing: [],
              backend: "unavailable",
              backends: { ready: 0, unready: 0, unavailable: 1 }
            }
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
        for (const name of ["POSTGRES_DSN", "SECRET_KEY", "SMTP_URL"]) {
          assert.include(empty.output, `BACKEND_${name}: must be set`)
        }
        const open = new Process("processes/backend", {
          BACKEND_POSTGRES_DSN: "postgres://127.0.0.1:1/none",
          BACKEND_SECRET_KEY: key(1),
          BACKEND_SMTP_URL: "smtp://127.0.0.1:1"
        })
        assert.strictEqual((await open.ended).code, 2)
        // Where engines are containers, there is no such folder.
        assert.match(open.output, /^BACKEND_DATA_DIR: must be set /m)
        assert.match(open.output, /^BACKEND_GATEWAY_TOKEN: must be set, .*BACKEND_TRUSTED_NETWORK=true/m)
      }),
    480_000
  )
})
