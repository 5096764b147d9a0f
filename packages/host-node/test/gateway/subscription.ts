/** Event streams as a client reads them, one event at a time. */
import { createHash, createPublicKey, verify } from "node:crypto"
import { type Code, ConnectError } from "@connectrpc/connect"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import type { GatewayEvent } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import type { LiveEvent, PushFrame } from "@galaxy/edge/hub/PushSource"
import { assert } from "@effect/vitest"
import { Effect, Queue } from "effect"
import * as Fixture from "./fixture.ts"

export interface Subscription {
  readonly deviceSessionId: string
  readonly requestId: string
  /** The next event; fails with what the stream ended with. */
  readonly next: Effect.Effect<GatewayEvent, ConnectError>
  /** Goes away without a word. */
  readonly leave: Effect.Effect<void>
}

export const request = (wish: Fixture.Wish & { readonly resumeAfter?: number } = {}) =>
  Fixture.request({
    messageType: "gateway.subscribe",
    payload: codec.encode(tables, "galaxy.gateway.SubscribeRequest", { resume_after: wish.resumeAfter ?? 0 }),
    ...wish
  })

/** Asks for a stream; whether it is given is seen by its first event. */
export const ask = Effect.fnUntraced(function* (
  protocol: Fixture.Protocol,
  wish: Fixture.Wish & { readonly resumeAfter?: number } = {}
) {
  const rpc = yield* Fixture.rpc(protocol)
  const { deviceSessionId, requestId, ...rest } = request(wish)
  const leaving = new AbortController()
  const leave = Effect.sync(() => {
    leaving.abort()
  })
  yield* Effect.addFinalizer(() => leave)
  const stream = rpc.subscribeEvents({ deviceSessionId, requestId, ...rest }, { signal: leaving.signal })
  const events = stream[Symbol.asyncIterator]()
  const next = Effect.tryPromise({
    try: async () => {
      const item = await events.next()
      if (item.done === true) throw new Error("the stream ended without an error")
      return item.value
    },
    catch: (cause) => ConnectError.from(cause)
  })
  return { deviceSessionId, requestId, next, leave } satisfies Subscription
})

export const payloadOf = (event: GatewayEvent, table: "ServerTime" | "Gap" | "Heartbeat") =>
  codec.decode(tables, `galaxy.gateway.${table}`, event.payloadBytes)

/** A stream that is open: its first event has come. */
export const open = Effect.fnUntraced(function* (
  protocol: Fixture.Protocol,
  wish: Fixture.Wish & { readonly resumeAfter?: number } = {}
) {
  const subscription = yield* ask(protocol, wish)
  const first = yield* subscription.next
  assert.strictEqual(first.eventType, "gateway.server_time")
  return { ...subscription, first }
})

export const ended = (error: ConnectError) => {
  const [info, ...more] = error.findDetails(ErrorInfoSchema)
  assert.isEmpty(more)
  return { code: error.code, reason: info?.reason, domain: info?.domain }
}

export const endsWith = (subscription: Subscription, code: Code, reason: string) =>
  Effect.map(Effect.flip(subscription.next), (error) => {
    assert.deepStrictEqual(ended(error), { code, reason, domain: "galaxy" })
  })

/** Whether the event is the gateway's own word, on the stream of this session. */
export const verifies = (event: GatewayEvent, deviceSessionId: string) =>
  Effect.map(EdgeCrypto, ({ publicKey }) => {
    const key = createPublicKey({
      key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), publicKey]),
      format: "der",
      type: "spki"
    })
    const payloadHash = new Uint8Array(createHash("sha256").update(event.payloadBytes).digest())
    return verify(null, SigningInput.event({ ...event, payloadHash, deviceSessionId }), key, event.signature)
  })

/** The next events have to be these, byte for byte and signed for this stream. */
export const brings = Effect.fnUntraced(function* (subscription: Subscription, ...wanted: ReadonlyArray<LiveEvent>) {
  for (const { kind, payload, eventId, requestId, traceId, sequence } of wanted) {
    const event = yield* subscription.next
    assert.deepStrictEqual(
      {
        kind: event.eventType,
        payload: Buffer.from(event.payloadBytes).toString("hex"),
        eventId: event.eventId,
        requestId: event.requestId,
        traceId: event.traceId,
        sequence: event.sequence
      },
      { kind, payload: Buffer.from(payload).toString("hex"), eventId, requestId, traceId, sequence: BigInt(sequence) }
    )
    assert.isTrue(yield* verifies(event, subscription.deviceSessionId))
  }
})

type WithoutCursor<Frame> = Frame extends PushFrame ? Omit<Frame, "cursor"> : never

let cursor = 0

/** The backend's log says something. */
export const pushes = (...frames: ReadonlyArray<WithoutCursor<PushFrame>>) =>
  Effect.flatMap(Fixture.Script, ({ push }) =>
    Effect.forEach(frames, (frame) => Queue.offer(push, { ...frame, cursor: `0.${++cursor}` }), { discard: true })
  )

/** The backend keeps these of the user's, and has no others. */
export const keeps = (...events: ReadonlyArray<LiveEvent>) =>
  Effect.map(Fixture.Script, (script) => {
    script.events = { events, oldest: events[0]?.sequence ?? 0, newest: events.at(-1)?.sequence ?? 0 }
  })

/** Something happens: the backend keeps it and tells of it. */
export const happens = (...events: ReadonlyArray<LiveEvent>) =>
  Effect.gen(function* () {
    const script = yield* Fixture.Script
    yield* keeps(...script.events.events, ...events)
    yield* pushes(...events.map((event) => ({ type: "event", event }) as const))
  })
