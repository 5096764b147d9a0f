/** Turns failures of the gateway's calls into the client's own errors. */
import { Data } from "effect"
import { type ClientError, Refused, SessionEnded, Unavailable } from "./ClientError.ts"
import * as protobuf from "./protobuf.ts"
import type { RpcDetail } from "./Rpc.ts"
import * as messages from "./wireMessages.ts"

/** By the gateway's clock the request is too old or too new. The gateway's time comes with a signature. */
export class Stale extends Data.TaggedError("Stale")<{
  readonly serverTimeMs: string
  readonly signature: string
}> {}

/** Details that this version can't read are as good as none. */
const readable = <A>(read: () => A): A | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const detailsOf = (details: ReadonlyArray<RpcDetail>, type: string): ReadonlyArray<Uint8Array> =>
  details.flatMap((it) => (it.type === type ? [it.value] : []))

interface Info {
  readonly reason: string
  readonly metadata: Readonly<Record<string, string>>
}

const infoOf = (details: ReadonlyArray<RpcDetail>): Info | undefined => {
  for (const value of detailsOf(details, "google.rpc.ErrorInfo")) {
    const info = readable(() => {
      const { domain, reason } = protobuf.decode(messages.errorInfo, value)
      const metadata = protobuf
        .fieldsOf(value)
        .flatMap(([number, bytes]) =>
          number === messages.metadataField && typeof bytes !== "bigint" ? [protobuf.decode(messages.entry, bytes)] : []
        )
      return { domain, reason, metadata: Object.fromEntries(metadata.map(({ key, value }) => [key, value])) }
    })
    if (info?.domain === "galaxy") return info
  }
  return undefined
}

/** Whole milliseconds, rounded up, since a retry that comes too early is refused again. */
const retryAfterOf = (details: ReadonlyArray<RpcDetail>): { readonly retryAfterMs?: number } => {
  const [value] = detailsOf(details, "google.rpc.RetryInfo")
  if (value === undefined) return {}
  const delay = readable(() =>
    protobuf.decode(messages.duration, protobuf.decode(messages.retryInfo, value).retryDelay)
  )
  if (delay === undefined) return {}
  return { retryAfterMs: Math.max(0, Number(delay.seconds) * 1_000 + Math.ceil(Number(delay.nanos) / 1e6)) }
}

const isDetail = (it: unknown): it is RpcDetail => {
  const { type, value } = (it ?? {}) as { readonly type?: unknown; readonly value?: unknown }
  return typeof type === "string" && value instanceof Uint8Array
}

/** A failure of `Rpc`: an `RpcError`, or a Connect client's error, which has the same fields. */
const partsOf = (cause: unknown): { readonly message: string; readonly details: ReadonlyArray<RpcDetail> } => {
  const { details, rawMessage } = (cause ?? {}) as { readonly details?: unknown; readonly rawMessage?: unknown }
  const own = typeof rawMessage === "string" ? rawMessage : ""
  return {
    message: own || (cause instanceof Error && cause.message) || String(cause),
    details: (Array.isArray(details) ? details : []).filter(isDetail)
  }
}

/**
 * The client's error for anything that a call of `Rpc` has thrown. Without one of the gateway's reasons it is
 * `Unavailable`.
 */
export const fromUnknown = (
  cause: unknown,
  requestId?: string
): Exclude<ClientError, { _tag: "CallFailed" | "Untrusted" }> | Stale => {
  const id = requestId === undefined ? {} : { requestId }
  const { details, message } = partsOf(cause)
  const info = infoOf(details)
  if (info === undefined) return new Unavailable({ message, ...id })
  switch (info.reason) {
    case "stale_request":
      return new Stale({
        serverTimeMs: info.metadata["server_time_ms"] ?? "",
        signature: info.metadata["server_time_signature"] ?? ""
      })
    case "session_unknown":
    case "session_revoked":
      return new SessionEnded({ reason: info.reason })
    case "backend_unavailable":
    case "replay_store_unavailable":
    case "shutting_down":
    case "slow_consumer":
      return new Unavailable({ message: info.reason, reason: info.reason, ...retryAfterOf(details), ...id })
    default:
      return new Refused({ reason: info.reason, message, ...retryAfterOf(details), ...id })
  }
}
