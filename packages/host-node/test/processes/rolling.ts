/**
 * Two gateway processes behind a load balancer are replaced one after the other while players call and listen: no call
 * that is tried again is lost, and no event.
 */
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { UserId } from "@galaxy/contract/ids/Ids"
import * as PushLog from "@galaxy/core/push/PushLog"
import { BackendServer } from "@galaxy/host-node/processes/BackendServer"
import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { signIn } from "@galaxy/testkit/players"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { balancer } from "./balancer.ts"
import { Process } from "./Process.ts"

const redis = process.env["GALAXY_TEST_REDIS_URL"]
if (redis === undefined) console.warn("skipped: rolling restarts (no Redis server)")

const many = "1000000,1000000"
const budgets = ["IP", "SESSION", "USER", "MESSAGE_TYPE", "PUBLIC_IP", "PUBLIC_IDENTITY", "FAILURES_USER", "REPEATS"]

const gatewayProcess = (url: string, pushUrl: string, processes: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const started = new Process("processes/gateway", {
        GATEWAY_HTTP_ADDR: ":0",
        GATEWAY_BACKEND_HTTP_URL: url,
        GATEWAY_BACKEND_GRPC_PUSH_URL: pushUrl,
        GATEWAY_REDIS_URL: redis ?? "",
        GATEWAY_SIGNING_KEY: Buffer.alloc(32, 2).toString("base64"),
        GATEWAY_FRESHNESS_FUTURE: "1s",
        GATEWAY_PROCESSES: `${processes}`,
        GATEWAY_END_DELAY: "300ms",
        ...Object.fromEntries(budgets.map((it) => [`GATEWAY_BUDGET_${it}`, many]))
      })
      const [, at = ""] = await started.until(/"gateway listens","url":"([^"]+)"/)
      return { started, url: at }
    }),
    ({ started }) => Effect.promise(() => started.kill("SIGKILL"))
  )

const soon = (millis: number) => Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, millis)))

const turnReady = (turn: number) => codec.encode(tables, "galaxy.push.GameTurnReady", { game_id: "g", turn })

/** What one player does and sees until the story is over. */
const playing = Effect.fnUntraced(function* (name: string, baseUrl: string, isOver: () => boolean) {
  const { session, userId } = yield* signIn(name)
  // Whose first event is missed is told so by a gap: no request can resume after 0.
  yield* (yield* PushLog.PushLog).append([
    { userId: UserId.make(userId), kind: "game.turn.ready", payload: turnReady(0) }
  ])
  const client = yield* GalaxyClient.make({ baseUrl, session })
  const events: Array<PlayerEvent> = []
  const subscription = yield* client.subscribe("now")
  const listening = yield* Effect.forkScoped(
    Stream.runForEach(subscription.events, (event) => Effect.sync(() => void events.push(event)))
  )
  yield* Stream.runHead(Stream.filter(subscription.state, ({ _tag }) => _tag === "live"))
  const begin = (yield* subscription.position) ?? 0
  let retried = 0
  /** As a program calls that tries again: a call whose answer is missing may have run. */
  const patiently = <A, E extends { readonly _tag: string }>(call: Effect.Effect<A, E>) =>
    call.pipe(
      Effect.tapError(() => Effect.sync(() => void retried++)),
      Effect.tapError(() => soon(20)),
      Effect.retry({ times: 100, while: ({ _tag }) => _tag === "Unavailable" })
    )
  const calling = yield* Effect.forkScoped(
    Effect.gen(function* () {
      let calls = 0
      while (!isOver()) {
        const display_name = `${name} ${++calls}`
        const changed = yield* patiently(client.call("user.profile.update", { display_name }))
        assert.strictEqual(changed.display_name, display_name)
        const account = yield* patiently(client.call("user.account.get", {}))
        assert.strictEqual(account.display_name, display_name)
        yield* soon(2)
      }
      return calls
    })
  )
  return { name, userId: UserId.make(userId), begin, events, listening, calling, retried: () => retried }
})

export interface RollingOptions {
  readonly players: number
  /** How often both gateways are replaced. */
  readonly rounds: number
  readonly processesOf: (round: number) => number
}

/** The whole story. It prints how many calls were made, and how many of them had to be tried again. */
export const rolls = ({ players, processesOf, rounds }: RollingOptions): void => {
  describe.skipIf(redis === undefined)("rolling restarts", () => {
    layer(TestGalaxy.layer({ backend: { callers: { trustedNetwork: true } } }), {
      timeout: "240 seconds",
      excludeTestServices: true
    })("gateways", (it) => {
      it.effect(
        `are replaced one after the other, in rounds of both (${rounds}), without losing a call or an event`,
        () =>
          Effect.gen(function* () {
            const { pushUrl, url } = yield* BackendServer
            const front = yield* balancer
            const start = Effect.fnUntraced(function* (processes: number) {
              const gateway = yield* gatewayProcess(url, pushUrl, processes)
              yield* front.add(gateway.url)
              return gateway
            })
            const gateways = [yield* start(processesOf(0)), yield* start(processesOf(0))]
            const story = { isOver: false }
            const all = yield* Effect.forEach(
              Array.from({ length: players }, (_, index) => `Roll${index}`),
              (name) => playing(name, front.url, () => story.isOver),
              { concurrency: 4 }
            )
            const log = yield* PushLog.PushLog
            let told = 0
            const telling = yield* Effect.forkScoped(
              Effect.gen(function* () {
                while (!story.isOver) {
                  const payload = turnReady(++told)
                  yield* log.append(all.map(({ userId }) => ({ userId, kind: "game.turn.ready", payload })))
                  yield* soon(10)
                }
              })
            )
            for (let round = 1; round <= rounds; round++) {
              for (const place of gateways.keys()) {
                const end = yield* Effect.promise(async () => gateways[place]?.started.kill("SIGTERM"))
                assert.deepStrictEqual(end, { code: 0, signal: null }, gateways[place]?.started.output)
                gateways[place] = yield* start(processesOf(round))
              }
            }
            story.isOver = true
            yield* Fiber.join(telling)
            let calls = 0
            for (const { begin, calling, events, listening, name } of all) {
              calls += yield* Fiber.join(calling)
              const until = performance.now() + 60_000
              while (events.length < told && performance.now() < until) yield* soon(5)
              assert.deepStrictEqual(
                events.map(({ sequence }) => sequence - begin),
                Array.from({ length: told }, (_, index) => index + 1),
                name
              )
              yield* Fiber.interrupt(listening)
            }
            const retried = all.reduce((sum, it) => sum + it.retried(), 0)
            yield* Effect.sync(() => console.info(`${2 * calls} calls, ${retried} tried again, ${told} events to each`))
          }).pipe(Effect.scoped, Effect.provide(PushLog.layer())),
        900_000
      )
    })
  })
}
