/**
 * The access log of the gateway: a line for a request, without an address and without anything of its payload.
 *
 * Lines are bounded by the second, since strangers decide how many requests there are. What was left out is counted.
 */
import { counter } from "@galaxy/contract/telemetry/instruments"
import type { AccessLogShape } from "@galaxy/core/shared/http/AccessLog"
import type { Write } from "../../logging/PlainLog.ts"
import type { ObservedCall } from "./ObservedCall.ts"

const suppressed = counter("galaxy.access_log.suppressed")

/** How often a line says how many others were left out, in milliseconds. */
const summaryMs = 10_000

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
  let second = 0
  let written = 0
  let left = 0
  let toldAt = Number.NEGATIVE_INFINITY
  return (call, took, status) => {
    if (call.reason === "" && (which === "refusals" || probes.has(call.path))) return
    const now = performance.now()
    if (Math.floor(now / 1_000) !== second) {
      second = Math.floor(now / 1_000)
      written = 0
    }
    if (++written > perSecond) {
      left++
      suppressed(1)
      return
    }
    if (left > 0 && now - toldAt >= summaryMs) {
      write("lines were left out of the access log, since there were too many", { requests: left })
      left = 0
      toldAt = now
    }
    write("request", fieldsOf(call, took, status), call.span)
  }
}
