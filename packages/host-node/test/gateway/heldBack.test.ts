/** Callers learn when to come again, in the form of each protocol, while the backend gives no answers. */
import { Code, ConnectError } from "@connectrpc/connect"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as Fixture from "./fixture.ts"

const circuits = { window: 4, least: 2, openMs: 600_000, longestOpenMs: 600_000 }

layer(Fixture.gateway({ ...Fixture.generous, circuits }), { excludeTestServices: true })("calls held back", (it) => {
  for (const protocol of Object.keys(Fixture.transports) as ReadonlyArray<Fixture.Protocol>) {
    it.effect(`${protocol}: are unavailable with the time to wait, and their route alone`, () =>
      Effect.gen(function* () {
        const script = yield* Fixture.Script
        const rpc = yield* Fixture.rpc(protocol)
        script.answer = "down"
        const refused = Effect.promise(() =>
          rpc.executeCommand(Fixture.request({ messageType: "user.account.get" })).then(
            () => assert.fail("it was answered"),
            (cause: unknown) => ConnectError.from(cause)
          )
        )
        yield* Effect.replicateEffect(refused, 2)
        const asked = script.calls.length
        const error = yield* refused
        assert.strictEqual(script.calls.length, asked)
        assert.strictEqual(error.code, Code.Unavailable)
        assert.strictEqual(error.findDetails(ErrorInfoSchema)[0]?.reason, "backend_unavailable")
        const wait = Number(error.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds)
        assert.isTrue(wait > 500 && wait <= 600, `${wait} s`)
        assert.isAtLeast(Number(error.metadata.get("retry-after")), wait)
        script.answer = { status: 200, json: { sessions: [] } }
        const other = yield* Effect.promise(() => rpc.executeCommand(Fixture.request()))
        assert.strictEqual(other.resultCode, "ok")
      })
    )
  }

  it.effect("on the way to signing in are service_unavailable with Retry-After", () =>
    Effect.gen(function* () {
      const script = yield* Fixture.Script
      const { url } = yield* GatewayServer
      script.publicAnswer = "down"
      const ask = Effect.promise(() =>
        fetch(`${url}/api/v1/public/auth/send-email-code`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: "{}"
        })
      )
      yield* Effect.replicateEffect(ask, 2)
      const asked = script.publicCalls.length
      const answer = yield* ask
      assert.strictEqual(script.publicCalls.length, asked)
      assert.strictEqual(answer.status, 503)
      assert.isAbove(Number(answer.headers.get("retry-after")), 500)
      assert.nestedPropertyVal(yield* Effect.promise(() => answer.json()), "error.code", "service_unavailable")
    })
  )
})
