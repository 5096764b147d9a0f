/** How one batch reaches the collector: over HTTP or over gRPC, each with its own kinds of failure. */
import { Client, errors } from "undici"
import { gzipSync } from "node:zlib"

/** What became of a batch. `retry` may succeed later, at the earliest after `afterMs`; `refused` never will. */
export type Outcome =
  | { readonly type: "taken" }
  | { readonly type: "retry"; readonly reason: string; readonly afterMs?: number | undefined }
  | { readonly type: "refused"; readonly reason: string }

/** Sends encoded batches of one signal to one place. Never fails: what went wrong is the outcome. */
export interface Transport {
  readonly send: (body: Uint8Array, contentType: string, signal: AbortSignal) => Promise<Outcome>
  readonly close: () => void
}

/** Where a signal goes. */
export interface TransportOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly gzip: boolean
  /** Milliseconds for a connection. */
  readonly connectMs: number
}

/** Statuses that the protocol lets clients try again. */
const again: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** A batch below this many bytes isn't worth compressing. */
const compressFrom = 1_024

const secondsIn = (value: string | ReadonlyArray<string> | undefined): number | undefined => {
  const seconds = typeof value === "string" ? Number(value) : Number.NaN
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 60) * 1_000 : undefined
}

/** A sentence without the address, which may have a password in it. */
export const reasonOf = (cause: unknown): string => {
  if (cause instanceof errors.ConnectTimeoutError) return "it can't be reached in time"
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  return code !== "" ? code : cause instanceof Error ? cause.name : "unknown"
}

/** OTLP over HTTP: a POST for each batch, on one connection at a time. */
export const overHttp = ({ url, headers, gzip, connectMs }: TransportOptions): Transport => {
  const { origin, pathname, search } = new URL(url)
  const client = new Client(origin, { connect: { timeout: connectMs }, keepAliveTimeout: 30_000 })
  return {
    send: async (body, contentType, signal) => {
      const compress = gzip && body.length >= compressFrom
      try {
        const answer = await client.request({
          method: "POST",
          path: `${pathname}${search}`,
          signal,
          headers: {
            "user-agent": "OTel-OTLP-Exporter-Galaxy",
            ...headers,
            "content-type": contentType,
            ...(compress ? { "content-encoding": "gzip" } : {})
          },
          body: compress ? gzipSync(body) : body
        })
        // What it says is of no use here, but the connection is free only after it.
        await answer.body.dump({ limit: 65_536 })
        if (answer.statusCode >= 200 && answer.statusCode < 300) return { type: "taken" }
        const reason = `status ${answer.statusCode}`
        return again.has(answer.statusCode)
          ? { type: "retry", reason, afterMs: secondsIn(answer.headers["retry-after"]) }
          : { type: "refused", reason }
      } catch (cause) {
        return { type: "retry", reason: reasonOf(cause) }
      }
    },
    close: () => void client.destroy().catch(() => undefined)
  }
}
