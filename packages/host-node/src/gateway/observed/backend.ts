/** The gateway's calls to the backend as telemetry sees them. */
import { histogram } from "@galaxy/contract/telemetry/instruments"
import { spanIn, traceparentOf } from "@galaxy/contract/telemetry/traceparent"
import type { BackendAnswer } from "@galaxy/edge/BackendClient"
import { Context, Exit, Option } from "effect"
import type { TelemetryShape } from "../../telemetry/Telemetry.ts"
import { nanos } from "../../telemetry/nanos.ts"
import type { Call } from "../backendCalls.ts"

const duration = histogram("galaxy.gateway.backend.duration")

const nameOf = (path: string): string => {
  if (path.startsWith("/api/v1/internal/sessions/")) return "session"
  if (path.startsWith("/api/v1/internal/users/")) return "events"
  if (path.startsWith("/api/v1/public/")) return "public"
  return path === "/readyz" ? "ready" : "forward"
}

/** Where a header's name stands. Values stand between the names, and may be anything. */
const placeOf = (headers: ReadonlyArray<string> = [], name: string): number => {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return at
  return -1
}

/** A call that is under way: as it is sent, and what to say at its end. */
export interface Sent {
  readonly call: Call
  readonly ended: (outcome: BackendAnswer | Error) => void
}

const nothing = Context.empty()
const done = Exit.void
const failed = Exit.fail("unanswered")

/** Measures each call and makes a span of it; undefined where nobody reads either. */
export const watched = ({ metrics, tracer }: TelemetryShape): ((call: Call) => Sent) | undefined => {
  if (!metrics && tracer === undefined) return undefined
  return (call) => {
    const begun = performance.now()
    const name = nameOf(call.path)
    const at = tracer === undefined ? -1 : placeOf(call.headers, "traceparent")
    const parent = at < 0 ? undefined : spanIn(call.headers?.[at + 1] ?? "")
    const span =
      parent === undefined || !parent.sampled
        ? undefined
        : tracer?.span({
            name: `backend ${name}`,
            parent: Option.some(parent),
            annotations: nothing,
            links: [],
            startTime: nanos(begun),
            kind: "client",
            root: false,
            sampled: true
          })
    return {
      call: span === undefined ? call : { ...call, headers: call.headers?.with(at + 1, traceparentOf(span)) ?? [] },
      ended: (outcome) => {
        const now = performance.now()
        const status = outcome instanceof Error ? "" : `${outcome.status}`
        const error = outcome instanceof Error ? "unanswered" : outcome.status >= 500 ? status : ""
        if (metrics) duration((now - begun) / 1_000, name, status, error)
        if (span === undefined) return
        span.attribute("galaxy.backend_call", name)
        span.attribute("http.request.method", call.method)
        if (status !== "") span.attribute("http.response.status_code", Number(status))
        if (error !== "") span.attribute("error.type", error)
        span.end(nanos(now), error === "" ? done : failed)
      }
    }
  }
}
