/** Replays: a request that a gateway has taken is taken by no gateway again, whatever it would do. */
import { assert } from "@effect/vitest"
import { fromUnknown } from "@galaxy/client/refusal"
import * as fetchRpc from "@galaxy/client/fetchRpc"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import type { Rpc, SignedRequest } from "@galaxy/client/Rpc"
import { Effect } from "effect"
import { signIn, there } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"
import type { Scenario } from "./Scenario.ts"

/** Calls by `fetch`, with everything that is sent written down. */
const recording = (baseUrl: string, sent: Array<SignedRequest>): Rpc => {
  const rpc = fetchRpc.make(baseUrl)
  return {
    executeCommand: (request, options) => {
      sent.push(request)
      return rpc.executeCommand(request, options)
    },
    subscribeEvents: (request, options) => rpc.subscribeEvents(request, options)
  }
}

/** Sends a signed request as it is, and returns the reason for which it is refused. */
const replayed = (gateway: string, request: SignedRequest) =>
  Effect.tryPromise({
    try: (signal) => fetchRpc.make(gateway).executeCommand(request, { signal, timeoutMs: 30_000 }),
    catch: (cause) => fromUnknown(cause)
  }).pipe(
    Effect.match({
      onSuccess: (answer) => `answered with ${answer.resultCode}`,
      onFailure: (error) => ("reason" in error ? error.reason : error._tag)
    })
  )

export const antiReplay: Scenario = {
  shows: "anti-replay: a request that was taken once is refused by both gateways, and does nothing again",
  story: Effect.gen(function* () {
    const { gateways } = yield* Stack
    const player = yield* signIn("Rufus")
    const sent: Array<SignedRequest> = []
    const [baseUrl] = gateways
    const client = yield* GalaxyClient.make({ baseUrl, session: player.session, rpc: recording(baseUrl, sent) })
    yield* client.call("user.profile.update", { display_name: "Once" })
    const request = yield* there(sent.at(-1), "the signed request")
    yield* client.call("user.profile.update", { display_name: "Later" })

    for (const gateway of gateways) assert.strictEqual(yield* replayed(gateway, request), "replayed_request")
    assert.strictEqual((yield* client.call("user.account.get", {})).display_name, "Later")
    // An id that isn't the signed one is no way around it.
    const altered = { ...request, requestId: crypto.randomUUID() }
    for (const gateway of gateways) assert.strictEqual(yield* replayed(gateway, altered), "invalid_signature")
  })
}
