/**
 * One request of a client as telemetry sees it: when it began, what it was about, how it ended.
 *
 * The parts of the gateway that know say so here, in plain assignments. What is made of it happens once, at its end.
 */
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Envelope } from "@galaxy/edge/Envelope"
import type { Tracer } from "effect"

/** What a request has come to; all of it is known at its end. */
export class ObservedCall {
  /** Monotonic milliseconds. */
  readonly begun = performance.now()
  /** The rpc method; undefined for REST. */
  readonly rpcMethod: string | undefined
  readonly httpMethod: string
  readonly path: string
  messageType = ""
  requestId = ""
  /** Bytes of the payloads, of the request and of its answer. */
  received = 0
  sent = 0
  /** The reason of a refusal, or the code of a business error; empty where there is none. */
  reason = ""
  /** True once the gateway has signed an answer, whatever it says. */
  isAnswered = false
  span: Tracer.Span | undefined
  readonly #trace: (call: ObservedCall, traceparent: string) => string

  constructor(
    rpcMethod: string | undefined,
    httpMethod: string,
    path: string,
    trace: (call: ObservedCall, traceparent: string) => string
  ) {
    this.rpcMethod = rpcMethod
    this.httpMethod = httpMethod
    this.path = path
    this.#trace = trace
  }

  /** The message was decoded. Returns the `traceparent` that the call goes on with, instead of the client's. */
  understood(envelope: Envelope): string {
    this.messageType = envelope.messageType
    this.requestId = envelope.requestId
    this.received = envelope.payloadBytes.length
    return this.#trace(this, envelope.traceId)
  }

  /** A REST request begins its trace at once. */
  traced(traceparent: string): string {
    return this.#trace(this, traceparent)
  }

  /** It is refused for this reason. */
  refused(reason: string): void {
    this.reason = reason
  }

  /** Its stream has begun: what follows is no refusal of the request. */
  opened(): void {
    this.isAnswered = true
  }

  /** It is answered. */
  answered({ resultCode, payloadBytes }: SignedAnswer): void {
    this.isAnswered = true
    this.sent = payloadBytes.length
    if (resultCode !== "ok") this.reason = resultCode
  }
}
