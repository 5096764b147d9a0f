/** A page that calls a gateway with connect-web. It asks its own server for signed requests, and tells it what came back. */
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect"
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web"
import { fromJson, type JsonValue, type MessageShape } from "@bufbuild/protobuf"
import {
  EdgeGateway,
  ExecuteCommandRequestSchema,
  SubscribeEventsRequestSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"

/** What a page has seen of one transport. */
export interface Seen {
  readonly answered: string
  readonly refused: string
  readonly timedOut: string
  readonly events: ReadonlyArray<string>
  readonly ended: string
}

const ask = async (path: string): Promise<JsonValue> => (await fetch(path, { method: "POST" })).json() as never

const command = async (kind: string): Promise<MessageShape<typeof ExecuteCommandRequestSchema>> =>
  fromJson(ExecuteCommandRequestSchema, await ask(`/sign/${kind}`))

const told = (cause: unknown): string => {
  const error = ConnectError.from(cause)
  return [
    Code[error.code],
    ...error.findDetails(ErrorInfoSchema).map(({ domain, reason }) => `${domain} ${reason}`)
  ].join(" ")
}

const outcome = (call: Promise<{ readonly resultCode: string }>): Promise<string> =>
  call.then(({ resultCode }) => resultCode, told)

const see = async (transport: Transport): Promise<Seen> => {
  const rpc = createClient(EdgeGateway, transport)
  const answered = await outcome(rpc.executeCommand(await command("sound")))
  // Without CORS nothing else will do either.
  if (answered !== "ok") return { answered, refused: "", timedOut: "", events: [], ended: "" }
  const refused = await outcome(rpc.executeCommand(await command("forged")))
  const timedOut = await outcome(rpc.executeCommand(await command("hanging"), { timeoutMs: 200 }))
  const events: Array<string> = []
  const subscription = fromJson(SubscribeEventsRequestSchema, await ask("/sign/subscription"))
  try {
    for await (const { eventType } of rpc.subscribeEvents(subscription)) {
      events.push(eventType)
      // The server makes something happen after the first, and revokes the session after the second.
      await ask(`/seen/${events.length}/${subscription.deviceSessionId}`)
    }
    return { answered, refused, timedOut, events, ended: "without an error" }
  } catch (cause) {
    return { answered, refused, timedOut, events, ended: told(cause) }
  }
}

const main = async () => {
  const baseUrl = new URL(location.href).searchParams.get("gateway") ?? ""
  const transports = {
    "Connect, protobuf": createConnectTransport({ baseUrl, useBinaryFormat: true }),
    "Connect, JSON": createConnectTransport({ baseUrl, useBinaryFormat: false }),
    "gRPC-Web, protobuf": createGrpcWebTransport({ baseUrl, useBinaryFormat: true }),
    "gRPC-Web, JSON": createGrpcWebTransport({ baseUrl, useBinaryFormat: false })
  }
  const seen = await Promise.all(Object.entries(transports).map(async ([name, it]) => [name, await see(it)] as const))
  await fetch("/told", { method: "POST", body: JSON.stringify(Object.fromEntries(seen)) })
}

main().catch((error: unknown) => fetch("/told", { method: "POST", body: JSON.stringify({ failed: String(error) }) }))
