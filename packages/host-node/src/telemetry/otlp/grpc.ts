/**
 * OTLP over gRPC: one unary call for each batch, on one HTTP/2 connection that is made anew when it is lost.
 *
 * A batch is the same bytes as over HTTP, so all of gRPC that is needed is its frame of five bytes and its trailers.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders
} from "node:http2"
import { gzipSync } from "node:zlib"
import { framed } from "../../http/grpcFrame.ts"
import { type Outcome, reasonOf, type Transport, type TransportOptions } from "./Transport.ts"

/** A signal as the paths of the collector's services name it. */
export type Signal = "trace" | "metrics" | "logs"

const services: Readonly<Record<Signal, string>> = {
  trace: "TraceService",
  metrics: "MetricsService",
  logs: "LogsService"
}

/** Status codes that the protocol lets clients try again. */
const again: ReadonlySet<string> = new Set(["1", "4", "8", "10", "11", "14", "15"])

/** No answer of a collector is longer; what is, is cut off. */
const maxAnswerBytes = 65_536

const outcomeOf = (headers: IncomingHttpHeaders): Outcome => {
  const status = headers["grpc-status"]
  if (status === "0") return { type: "taken" }
  if (typeof status !== "string")
    return { type: "retry", reason: `HTTP status ${String(headers[":status"] ?? "none")}` }
  return { type: again.has(status) ? "retry" : "refused", reason: `gRPC status ${status}` }
}

/** Of the URL only the origin counts: `http` is HTTP/2 without TLS, `https` with it. */
export const overGrpc = (signal: Signal, { url, headers, gzip, connectMs }: TransportOptions): Transport => {
  const { origin } = new URL(url)
  const path = `/opentelemetry.proto.collector.${signal}.v1.${services[signal]}/Export`
  let session: ClientHttp2Session | undefined
  const opened = (): ClientHttp2Session => {
    if (session !== undefined && !session.closed && !session.destroyed) return session
    const made = connect(origin)
    made.setTimeout(connectMs, () => made.connecting && made.destroy(new Error("ETIMEDOUT")))
    // Each call learns of it by itself; without a listener it would end the process.
    made.on("error", () => undefined)
    session = made
    return made
  }
  return {
    send: (body, _contentType, abort) =>
      new Promise((resolve) => {
        const compress = gzip && body.length >= 1_024
        let call: ClientHttp2Stream
        try {
          call = opened().request({
            ":method": "POST",
            ":path": path,
            te: "trailers",
            "user-agent": "OTel-OTLP-Exporter-Galaxy",
            ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
            "content-type": "application/grpc",
            ...(compress ? { "grpc-encoding": "gzip" } : {})
          })
        } catch (cause) {
          // A header that HTTP/2 doesn't take, or a connection that has ended in this moment.
          resolve({ type: "retry", reason: reasonOf(cause) })
          return
        }
        const cancel = () => {
          call.close(constants.NGHTTP2_CANCEL)
          end({ type: "retry", reason: "no answer in time" })
        }
        const end = (outcome: Outcome) => {
          abort.removeEventListener("abort", cancel)
          resolve(outcome)
        }
        let head: IncomingHttpHeaders = {}
        let size = 0
        call.on("response", (answer) => {
          head = answer
        })
        call.on("trailers", (trailers: IncomingHttpHeaders) => end(outcomeOf({ ...head, ...trailers })))
        call.on("data", (chunk: Buffer) => {
          size += chunk.length
          if (size > maxAnswerBytes) call.close(constants.NGHTTP2_CANCEL)
        })
        call.on("end", () => end(outcomeOf(head)))
        call.on("error", (cause) => end({ type: "retry", reason: reasonOf(cause) }))
        call.on("close", () => end({ type: "retry", reason: "the connection was closed" }))
        abort.addEventListener("abort", cancel, { once: true })
        if (abort.aborted) cancel()
        else call.end(framed(compress ? gzipSync(body) : body, compress ? 1 : 0))
      }),
    close: () => session?.destroy()
  }
}
