/** What a gateway says of its requests: in metrics, in spans and in the log, whatever strangers send. */
import * as http from "node:http"
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import * as CallLog from "@galaxy/host-node/gateway/observed/CallLog"
import type { ObservedCall } from "@galaxy/host-node/gateway/observed/ObservedCall"
import * as Observer from "@galaxy/host-node/gateway/observed/Observer"
import type * as PlainLog from "@galaxy/host-node/logging/PlainLog"
import { watched } from "@galaxy/host-node/gateway/observed/backend"
import { sampled, samplerOf } from "@galaxy/host-node/telemetry/Sampler"
import { spanIn, unasked } from "@galaxy/contract/telemetry/traceparent"
import * as prometheus from "@galaxy/host-node/telemetry/prometheus"
import { assert, describe, it } from "@effect/vitest"
import { onTestFinished, vi } from "vitest"
import { Tracer } from "effect"

const theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

const envelope = {
  protocolVersion: "v1",
  deviceSessionId: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a",
  messageType: "user.account.get",
  timestampMs: 1n,
  requestId: "r-1",
  payloadBytes: new Uint8Array(3),
  payloadHash: new Uint8Array(32),
  signature: new Uint8Array(64),
  traceId: theirs
}

const answer = (resultCode: string): SignedAnswer => ({
  protocolVersion: "v1",
  requestId: "r-1",
  timestampMs: 1n,
  resultCode,
  payloadBytes: new Uint8Array(5),
  payloadHash: new Uint8Array(32),
  signature: new Uint8Array(64)
})

/** A tracer that keeps its spans, with a sampler before it. */
const tracerWith = (...sampler: Parameters<typeof samplerOf>) => {
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return { spans, tracer: sampled(tracer, samplerOf(...sampler)) }
}

/** A request whose response closes once `act` has had its call. */
const observed = (
  observe: Observer.Observe,
  rpcPath: string | undefined,
  act: (call: ObservedCall) => void,
  path = "/x",
  status = 429
) => {
  const request = new http.IncomingMessage(undefined as never)
  request.method = "POST"
  request.url = path
  request.headers["traceparent"] = theirs
  const response = new http.ServerResponse(request)
  response.statusCode = status
  observe(request, response, rpcPath)
  const call = Observer.callOf(request)
  if (call !== undefined) act(call)
  response.emit("close")
  return request
}

const rpc = "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand"

const linesOf = () => {
  const lines: Array<Record<string, unknown>> = []
  const write: PlainLog.Write = (message, fields, span) =>
    void lines.push({ message, ...fields, ...(span === undefined ? {} : { trace: span.traceId }) })
  return { lines, write }
}

describe("an observed request", () => {
  it("has no observer where nobody reads anything", () => {
    assert.isUndefined(Observer.make({ metrics: false, tracer: undefined }, undefined))
    assert.isUndefined(CallLog.make({ which: "off", perSecond: 1 }, () => undefined))
    assert.isUndefined(CallLog.make({ which: "all", perSecond: 1 }, undefined))
    assert.isUndefined(watched({ metrics: false, tracer: undefined }))
  })

  it("begins a trace of its own, to which the client's is linked and which it doesn't decide", () => {
    const { spans, tracer } = tracerWith("parentbased_always_off", 1)
    const observe = Observer.make({ metrics: false, tracer }, undefined)
    assert.isDefined(observe)
    observed(observe, rpc, (call) => {
      const own = call.understood(envelope)
      assert.match(own, /-00$/)
      assert.notInclude(own, "0af7651916cd43dd8448eb211c80319c")
    })
    const [span] = spans
    assert.strictEqual(span?.sampled, false)
    assert.deepStrictEqual(span?.parent._tag, "None")
    assert.deepStrictEqual(
      span?.links.map((it) => it.span.traceId),
      ["0af7651916cd43dd8448eb211c80319c"]
    )
    assert.strictEqual(span?.status._tag, "Ended")
  })

  it("goes on with the client's trace for logs alone where none is recorded", () => {
    assert.strictEqual(unasked(theirs), theirs.replace(/01$/, "00"))
    for (const wrong of ["", "x", `${theirs}\r\nx: y`, theirs.toUpperCase()]) assert.strictEqual(unasked(wrong), "")
    assert.isUndefined(spanIn(`00-${"0".repeat(32)}-b7ad6b7169203331-01`))
    const observe = Observer.make({ metrics: true, tracer: undefined }, undefined)
    assert.isDefined(observe)
    const request = observed(observe, undefined, () => undefined)
    assert.strictEqual(request.headers["traceparent"], theirs.replace(/01$/, "00"))
  })

  it("gives the call to the backend a span of its own, and no other header a new value", () => {
    const { spans, tracer } = tracerWith("parentbased_always_on", 1)
    const headers = ["x-request-id", "traceparent", "x-forwarded-for", "192.0.2.1", "traceparent", theirs]
    const sent = watched({ metrics: false, tracer })?.({ method: "GET", path: "/api/v1/user/x", headers })
    sent?.ended({ status: 200, json: null })
    const [span] = spans
    assert.deepStrictEqual(sent?.call.headers?.slice(0, 5), headers.slice(0, 5))
    assert.strictEqual(sent?.call.headers?.[5], `00-0af7651916cd43dd8448eb211c80319c-${span?.spanId}-01`)
  })

  it("is counted with values of ours, whatever it has sent", () => {
    const observe = Observer.make({ metrics: true, tracer: undefined }, undefined)
    assert.isDefined(observe)
    observed(observe, rpc, (call) => {
      call.understood({ ...envelope, messageType: "evil.\ntype" })
      call.refused("unsupported_message_type")
    })
    observed(observe, `${rpc}Evil`, () => undefined)
    observed(observe, rpc, (call) => {
      call.understood(envelope)
      call.answered(answer("conflict"))
    })
    observed(observe, undefined, () => undefined, "/api/v1/public/auth/send-email-code?email=ada@example.org")
    observed(observe, undefined, () => undefined, "/api/v1/public/gateway-info")
    observed(observe, undefined, () => undefined, "/evil/path")
    const text = prometheus.text()
    for (const labels of [
      'rpc_method="ExecuteCommand",galaxy_message_type="_OTHER",rpc_response_status_code="UNIMPLEMENTED",error_type="unsupported_message_type"',
      'rpc_method="_OTHER",error_type="status_429"',
      'rpc_method="ExecuteCommand",galaxy_message_type="user.account.get",rpc_response_status_code="OK",error_type="conflict"'
    ]) {
      assert.include(text, `rpc_server_call_duration_seconds_count{${labels}}`)
    }
    for (const route of ["/api/v1/public/auth/send-email-code", "/api/v1/public/gateway-info", "_OTHER"]) {
      assert.include(text, `http_request_method="POST",http_route="${route}",http_response_status_code="429"`)
    }
    assert.notInclude(text, "evil")
    assert.notInclude(text, "ada@")
  })

  it("has a line with its reason, and only so many in a second", () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { lines, write } = linesOf()
    const log = CallLog.make({ which: "refusals", perSecond: 3 }, write)
    const observe = Observer.make({ metrics: false, tracer: undefined }, log)
    assert.isDefined(observe)
    observed(observe, rpc, (call) => {
      call.understood(envelope)
      call.answered(answer("ok"))
    })
    observed(observe, "/grpc.health.v1.Health/Check", () => undefined, "/x", 200)
    assert.deepStrictEqual(lines, [])
    observed(observe, rpc, (call) => {
      call.understood(envelope)
      call.refused("invalid_signature")
    })
    const { millis, ...line } = lines[0] ?? {}
    assert.isNumber(millis)
    assert.deepStrictEqual(line, {
      message: "request",
      method: "ExecuteCommand",
      message_type: "user.account.get",
      status: "UNAUTHENTICATED",
      reason: "invalid_signature",
      request_id: "r-1",
      bytes_in: 3,
      bytes_out: 0
    })
    vi.advanceTimersByTime(1_000)
    for (let at = 0; at < 1_000; at++) observed(observe, rpc, (call) => call.refused("rate_limited"))
    assert.strictEqual(lines.length, 4)
    assert.match(prometheus.text(), /galaxy_access_log_suppressed_total \d{3}/)
    // Told without another line.
    vi.advanceTimersByTime(10_000)
    assert.strictEqual(lines.length, 5)
    assert.deepInclude(lines[4], { requests: 997 })
  })
})
