/**
 * The access log of the gateway: a line for a request, without an address and without anything of its payload.
 *
 * Lines are bounded by the second, since strangers decide how many requests there are. What was left out is counted and told.
 */
import { type AccessLogShape, leftOutMessage, suppressed } from "@galaxy/core/shared/http/AccessLog"
import { linesPerSecond } from "@galaxy/core/shared/linesPerSecond"
import type { Write } from "../../logging/PlainLog.ts"
import type { ObservedCall } from "./ObservedCall.ts"

/** Longest request id that is written. */
const longestId = 64

/** Writes the line of a request that has ended; `took` is in milliseconds. */
export type CallLog = (call: ObservedCall, took: number, status: string) => void

const probes: ReadonlySet<string> = new Set(["/healthz", "/readyz"])

const fieldsOf = (call: ObservedCall, took: number, status: string) => ({
  ...(call.rpcMethod === undefined
    ? { method: call.httpMethod.slice(0, 16), route: call.path.slice(0, 128) }
    : { method: call.rpcMethod, message_type: call.messageType.slice(0, 64) }),
  status,
  ...(call.reason === "" ? {} : { reason: call.reason }),
  millis: Math.round(took * 10) / 10,
  ...(call.requestId === "" ? {} : { request_id: call.requestId.slice(0, longestId) }),
  ...(call.rpcMethod === undefined ? {} : { bytes_in: call.received, bytes_out: call.sent })
})

/** Lines go to the process's log. Undefined where no request gets one, as that log has none of this level. */
export const make = ({ which, perSecond }: AccessLogShape, write: Write | undefined): CallLog | undefined => {
  if (which === "off" || write === undefined) return undefined
  const hasRoom = linesPerSecond({
    most: perSecond,
    now: () => performance.now(),
    after: (millis, act) => void setTimeout(act, millis).unref(),
    leftOut: (requests) => write(leftOutMessage, { requests })
  })
  return (call, took, status) => {
    if (call.reason === "" && (which === "refusals" || probes.has(call.path))) return
    if (hasRoom()) write("request", fieldsOf(call, took, status), call.span)
    else suppressed(1)
  }
}
