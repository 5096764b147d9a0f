/** The gateway's end of `SubscribePush`, frame by frame. */
import { ConnectError, createClient } from "@connectrpc/connect"
import { createGrpcTransport } from "@connectrpc/connect-node"
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { Push, type PushEvent } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { Effect } from "effect"

/** Ends with the scope, or by `leave`. */
export const subscribeTo = Effect.fnUntraced(function* (port: number, clientId: string, cursor = "", token = "") {
  const rpc = createClient(Push, createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` }))
  const abort = new AbortController()
  const leave = Effect.sync(() => {
    abort.abort()
  })
  yield* Effect.addFinalizer(() => leave)
  const headers: Record<string, string> = token === "" ? {} : { [gatewayTokenHeader]: token }
  const stream = rpc.subscribePush({ gatewayClientId: clientId, cursor }, { signal: abort.signal, headers })
  const frames = stream[Symbol.asyncIterator]()
  return {
    leave,
    next: Effect.tryPromise({
      try: async () => {
        const result = await frames.next()
        if (result.done === true) throw new Error("the stream ended")
        return result.value
      },
      catch: (cause) => ConnectError.from(cause)
    })
  }
})

export const outcomeOf = (frame: PushEvent) =>
  frame.payload.case === "resume" ? frame.payload.value.outcome : undefined

export const eventOf = (frame: PushEvent) => (frame.payload.case === "clientEvent" ? frame.payload.value : undefined)
