import { createClient } from "@connectrpc/connect"
import { createGrpcTransport } from "@connectrpc/connect-node"
import { Push, type PushEvent, Resume_Outcome } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { UserId } from "@galaxy/contract/ids/Ids"
import * as PushBroker from "@galaxy/core/push/PushBroker"
import * as PushLog from "@galaxy/core/push/PushLog"
import { newId } from "@galaxy/core/shared/NewId"
import * as PushServer from "@galaxy/host-node/push/PushServer"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"

const token = "a-shared-secret"

const subscribe = Effect.fnUntraced(function* (clientId: string, cursor = "", header = token) {
  const { port } = yield* PushServer.PushServer
  const rpc = createClient(Push, createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` }))
  const abort = new AbortController()
  yield* Effect.addFinalizer(() => Effect.sync(() => abort.abort()))
  const stream = rpc.subscribePush(
    { gatewayClientId: clientId, cursor },
    { signal: abort.signal, headers: header === "" ? {} : { "x-gateway-token": header } }
  )
  const frames = stream[Symbol.asyncIterator]()
  return {
    next: Effect.tryPromise({
      try: async () => {
        const result = await frames.next()
        if (result.done) throw new Error("the stream ended")
        return result.value
      },
      catch: (cause) => (cause instanceof Error ? cause.message : String(cause))
    })
  }
})

const outcome = (frame: PushEvent) => (frame.payload.case === "resume" ? frame.payload.value.outcome : undefined)
const event = (frame: PushEvent) => (frame.payload.case === "clientEvent" ? frame.payload.value : undefined)

eachDatabase((name, database) => {
  const services = PushServer.layer({ host: "127.0.0.1", port: 0, gatewayToken: Redacted.make(token) }).pipe(
    Layer.provideMerge(PushBroker.layer({ pollMillis: 100 })),
    Layer.provideMerge(PushLog.layer()),
    Layer.provideMerge(database)
  )
  layer(services, { timeout: "60 seconds", excludeTestServices: true })(`SubscribePush on ${name}`, (it) => {
    const append = Effect.fnUntraced(function* (userId: UserId, count = 1) {
      const log = yield* PushLog.PushLog
      yield* log.append(
        Array.from({ length: count }, () => ({ userId, kind: "game.turn.ready", payload: new Uint8Array([7]) }))
      )
    })

    it.effect("begins fresh, then carries what is committed", () =>
      Effect.gen(function* () {
        const user = UserId.make(yield* newId)
        const stream = yield* subscribe("gw-fresh")
        assert.strictEqual(outcome(yield* stream.next), Resume_Outcome.FRESH)
        yield* append(user)
        const got = event(yield* stream.next)
        assert.strictEqual(got?.userId, user)
        assert.strictEqual(got?.sequence, 1n)
        assert.deepStrictEqual(Array.from(got?.payload ?? []), [7])
      })
    )

    it.effect("resumes after a cursor without loss or repeat", () =>
      Effect.gen(function* () {
        const user = UserId.make(yield* newId)
        const cursor = yield* Effect.scoped(
          Effect.gen(function* () {
            const stream = yield* subscribe("gw-resume")
            yield* stream.next
            yield* append(user, 2)
            yield* stream.next
            return (yield* stream.next).cursor
          })
        )
        yield* append(user, 3)
        const again = yield* subscribe("gw-resume", cursor)
        assert.strictEqual(outcome(yield* again.next), Resume_Outcome.RESUMED)
        const sequences = []
        for (let count = 0; count < 3; count++) sequences.push(event(yield* again.next)?.sequence)
        assert.deepStrictEqual(sequences, [3n, 4n, 5n])
      })
    )

    for (const cursor of ["nonsense", "9223372036854775807.1"]) {
      it.effect(`restarts from a cursor that is not of this log: ${cursor}`, () =>
        Effect.gen(function* () {
          const stream = yield* subscribe("gw-restart", cursor)
          assert.strictEqual(outcome(yield* stream.next), Resume_Outcome.RESTARTED)
        })
      )
    }

    it.effect("a second subscription of the same gateway ends the first", () =>
      Effect.gen(function* () {
        const first = yield* subscribe("gw-twice")
        yield* first.next
        const second = yield* subscribe("gw-twice")
        assert.strictEqual(outcome(yield* second.next), Resume_Outcome.FRESH)
        assert.match(yield* Effect.flip(first.next), /aborted/)
        yield* append(UserId.make(yield* newId))
        assert.isDefined(event(yield* second.next))
      })
    )

    it.effect("refuses who doesn't know the token", () =>
      Effect.gen(function* () {
        for (const wrong of ["", "another"]) {
          const stream = yield* subscribe("gw-stranger", "", wrong)
          assert.match(yield* Effect.flip(stream.next), /unauthenticated/)
        }
      })
    )
  })
})
