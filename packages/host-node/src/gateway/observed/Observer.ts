/** Makes metrics, spans and lines of the log of what clients ask for. There is none where nobody reads any of them. */
import type { IncomingMessage } from "node:http"
import { statusOf } from "@galaxy/contract/api/ApiError"
import { counter, histogram } from "@galaxy/contract/telemetry/instruments"
import { spanIn, traceparentOf, unasked } from "@galaxy/contract/telemetry/traceparent"
import { messageRoutes } from "@galaxy/contract/routes/MessageRoutes"
import { knownMethod, otherRoute, routeTemplates } from "@galaxy/core/shared/http/routeTemplate"
import { subscribeType } from "@galaxy/edge/Envelope"
import { paths as publicPaths } from "@galaxy/edge/PublicRest"
import { type Reason, statusCodes } from "@galaxy/edge/Refusal"
import { Context, Exit, Option, type Tracer } from "effect"
import type { TelemetryShape } from "../../telemetry/Telemetry.ts"
import { nanos } from "../../telemetry/nanos.ts"
import type { CallLog } from "./CallLog.ts"
import { ObservedCall } from "./ObservedCall.ts"

const calls = histogram("rpc.server.call.duration")
const requests = histogram("http.server.request.duration")

const streamsEnded = counter("galaxy.gateway.streams.ended")

const messageTypes: ReadonlySet<string> = new Set([...Object.keys(messageRoutes), subscribeType])
/** Our methods, and those of gRPC's health checks and reflection. */
const ours: ReadonlySet<string> = new Set(["ExecuteCommand", "SubscribeEvents"])
const methods: ReadonlySet<string> = new Set([...ours, "Check", "List", "Watch", "ServerReflectionInfo"])
/** They are open for as long as their client wants, which says nothing of the gateway. */
const openEnded: ReadonlySet<string> = new Set(["Watch", "ServerReflectionInfo"])

/** A message type of ours; whatever else a client sends is one value. */
const known = (messageType: string): string =>
  messageType === "" || messageTypes.has(messageType) ? messageType : otherRoute

const templateOf = routeTemplates(["/", "/_app/*", ...publicPaths])

const codes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(statusOf)
    .toReversed()
    .map(([code, status]) => [status, code])
)

const nothing = Context.empty()
const done = Exit.void
const failed = Exit.fail("refused")

const observedCalls = new WeakMap<object, ObservedCall>()

/** What is observed of a request; undefined where nothing is. */
export const callOf = (request: object): ObservedCall | undefined => observedCalls.get(request)

/** The status code of gRPC for a reason; empty for a failure that isn't a refusal. */
const statusCodeOf = (call: ObservedCall): string => {
  if (call.isAnswered || call.reason === "") return "OK"
  return call.reason in statusCodes ? statusCodes[call.reason as Reason].request : ""
}

/** What is observed: a request, or what is known of one that was never made. */
export type ObservedRequest = Pick<IncomingMessage, "method" | "url" | "headers">

/** Its response, or the stream that carries it. */
export interface ObservedResponse {
  readonly statusCode?: number
  readonly once: (event: "close", act: () => void) => unknown
}

/** Begins to observe a request; its end follows from its response. */
export type Observe = (
  request: ObservedRequest,
  response: ObservedResponse,
  rpcPath: string | undefined
) => ObservedCall

const goesOnAs = ({ headers }: ObservedRequest, own: (given: string) => string): void => {
  const given = headers["traceparent"]
  const its = own(typeof given === "string" ? given : "")
  if (its === "") delete headers["traceparent"]
  else headers["traceparent"] = its
}

/** For a request that nobody observes: its `traceparent` goes on to the backend, but asks for no recording there. */
export const unobserved = (request: ObservedRequest): void => goesOnAs(request, unasked)

/** `tracer` and metrics as the process has them; `log` writes lines. Undefined where there is nothing to do. */
export const make = ({ metrics, tracer }: TelemetryShape, log: CallLog | undefined): Observe | undefined => {
  if (!metrics && tracer === undefined && log === undefined) return undefined

  const trace =
    tracer === undefined
      ? (_call: ObservedCall, traceparent: string) => unasked(traceparent)
      : (call: ObservedCall, traceparent: string): string => {
          const from = traceparent === "" ? undefined : spanIn(traceparent)
          // A trace of its own: what a client sends isn't signed, and decides nothing.
          const links: Array<Tracer.SpanLink> = from === undefined ? [] : [{ span: from, attributes: {} }]
          const span = tracer.span({
            name:
              call.rpcMethod === undefined
                ? `${knownMethod(call.httpMethod)} ${templateOf(call.path)}`
                : call.rpcMethod,
            parent: Option.none(),
            annotations: nothing,
            links,
            startTime: nanos(call.begun),
            kind: "server",
            root: true,
            sampled: true
          })
          call.span = span
          return traceparentOf(span)
        }

  const ended = (call: ObservedCall, status: number): void => {
    const took = performance.now() - call.begun
    const isRpc = call.rpcMethod !== undefined
    if (!isRpc && call.reason === "" && status >= 400) call.reason = codes[status] ?? `status_${status}`
    // What the library refuses by itself has no reason but its protocol; health checks are no calls of ours.
    if (isRpc && call.reason === "" && !call.isAnswered && call.messageType === "") {
      if (status >= 400) call.reason = `status_${status}`
      else if (ours.has(call.rpcMethod ?? "")) call.reason = "protocol"
    }
    const code = isRpc ? statusCodeOf(call) : ""
    if (metrics) {
      if (call.rpcMethod === "SubscribeEvents" && call.isAnswered) streamsEnded(1, call.reason)
      else if (isRpc && !openEnded.has(call.rpcMethod ?? ""))
        calls(took / 1_000, call.rpcMethod ?? "", known(call.messageType), code, call.reason)
      else if (!isRpc) requests(took / 1_000, knownMethod(call.httpMethod), templateOf(call.path), `${status}`)
    }
    log?.(call, took, isRpc ? code : `${status}`)
    const { span } = call
    if (span === undefined) return
    if (span.sampled) {
      if (isRpc) {
        span.attribute("rpc.method", call.rpcMethod)
        span.attribute("galaxy.message_type", known(call.messageType))
        span.attribute("rpc.response.status_code", code)
      } else {
        span.attribute("http.request.method", knownMethod(call.httpMethod))
        span.attribute("http.route", templateOf(call.path))
        span.attribute("http.response.status_code", status)
      }
      if (call.reason !== "") span.attribute("error.type", call.reason)
    }
    // Only our own faults are errors of a server's span.
    const isOurs = call.reason === "internal" || call.reason === "backend_unavailable" || (!isRpc && status >= 500)
    span.end(nanos(call.begun + took), isOurs ? failed : done)
  }

  return (request, response, rpcPath) => {
    const name = rpcPath?.slice(rpcPath.lastIndexOf("/") + 1)
    const path = request.url?.split("?", 1)[0] ?? ""
    const rpcMethod = name === undefined ? undefined : methods.has(name) ? name : otherRoute
    const call = new ObservedCall(rpcMethod, request.method ?? "", path, trace)
    observedCalls.set(request, call)
    if (rpcMethod === undefined) goesOnAs(request, (given) => call.traced(given))
    response.once("close", () => ended(call, response.statusCode ?? 200))
    return call
  }
}
