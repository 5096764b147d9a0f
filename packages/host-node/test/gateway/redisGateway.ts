/** A gateway on a Redis of its own, asked the way a test of Redis asks: by signed commands and by its probe. */
import { ConnectError } from "@connectrpc/connect"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import { assert } from "@effect/vitest"
import { Effect, Layer, Redacted, Schedule } from "effect"
import * as Fixture from "./fixture.ts"

/** The future tolerance of these gateways: their borders are passed soon. Milliseconds. */
export const futureMs = 400

export const onRedis = (url: string) => RedisReplayStore.layer({ url: Redacted.make(url) })

export const gatewayOn = (url: string) =>
  Fixture.gateway(
    { ...Fixture.generous, edge: { freshnessFutureMs: futureMs, probeKeptMs: 0 } },
    Layer.orDie(onRedis(url))
  )

export interface Refused {
  readonly reason: string | undefined
  readonly retryAfterMs: number | undefined
}

export const reasonOf = (error: ConnectError) => error.findDetails(ErrorInfoSchema)[0]?.reason

const refusedOf = (cause: unknown): Refused => {
  const error = ConnectError.from(cause)
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay
  return {
    reason: reasonOf(error),
    retryAfterMs: delay === undefined ? undefined : Number(delay.seconds) * 1_000 + delay.nanos / 1e6
  }
}

/** `ok`, or why it was refused. Without a request it is a new one, each time that it runs. */
export const send = (request?: ReturnType<typeof Fixture.request>, protocol: Fixture.Protocol = "gRPC over HTTP/2") =>
  Effect.flatMap(Fixture.rpc(protocol), (rpc) =>
    Effect.tryPromise({ try: () => rpc.executeCommand(request ?? Fixture.request()), catch: refusedOf }).pipe(
      Effect.map((it): Refused => ({ reason: it.resultCode, retryAfterMs: undefined })),
      Effect.catch(Effect.succeed)
    )
  )

export const reason = (request?: ReturnType<typeof Fixture.request>, protocol?: Fixture.Protocol) =>
  Effect.map(send(request, protocol), (it) => it.reason)

const patiently = { schedule: Schedule.spaced("20 millis") }

/** Waits until something is so, and returns how many milliseconds it took. */
export const eventually = <A, E, R>(what: string, check: Effect.Effect<A, E, R>, so: (value: A) => boolean) =>
  Effect.suspend(() => {
    const begun = performance.now()
    let last: unknown
    return check.pipe(
      Effect.flatMap((value) => {
        last = value
        return so(value) ? Effect.void : Effect.fail("not yet")
      }),
      Effect.retry(patiently),
      Effect.timeoutOrElse({
        duration: "14 seconds",
        orElse: () => Effect.sync(() => assert.fail(`${what}: still ${JSON.stringify(last)}`))
      }),
      Effect.map(() => performance.now() - begun),
      Effect.orDie
    )
  })

/** The gateway takes commands: past its border, and with its Redis. */
export const serving = Effect.suspend(() => eventually("a command is answered", reason(), (it) => it === "ok"))

export const readyz = Effect.flatMap(GatewayServer, ({ url }) =>
  Effect.promise(async () => {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) })
    return {
      status: response.status,
      json: (await response.json()) as {
        readonly status: string
        readonly missing: ReadonlyArray<string>
        readonly why?: { readonly replay_store: string }
        readonly backend: string
      }
    }
  })
)

/** Not ready, and the answer says that it is the replay store, and why. */
export const unready = (why: RegExp) =>
  Effect.map(readyz, ({ status, json }) => {
    assert.strictEqual(status, 503)
    assert.deepStrictEqual(json.missing, ["replay_store"])
    assert.match(json.why?.replay_store ?? "", why)
  })
