/** Turns errors of Connect calls into the client's own. */
import { Code, ConnectError } from "@connectrpc/connect"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import { Data } from "effect"
import { type ClientError, Refused, SessionEnded, Unavailable } from "./ClientError.ts"

/** By the gateway's clock the request is too old or too new. The gateway's time comes with a signature. */
export class Stale extends Data.TaggedError("Stale")<{
  readonly serverTimeMs: string
  readonly signature: string
}> {}

const infoOf = (error: ConnectError) => error.findDetails(ErrorInfoSchema).find((detail) => detail.domain === "galaxy")

/** Whole milliseconds, rounded up, since a retry that comes too early is refused again. */
const retryAfterOf = (error: ConnectError): { readonly retryAfterMs?: number } => {
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay
  if (delay === undefined) return {}
  return { retryAfterMs: Math.max(0, Number(delay.seconds) * 1_000 + Math.ceil(delay.nanos / 1e6)) }
}

/**
 * The client's error for anything that a Connect call has thrown. Without one of the gateway's reasons it is
 * `Unavailable`.
 */
export const fromUnknown = (cause: unknown): Exclude<ClientError, { _tag: "CallFailed" | "Untrusted" }> | Stale => {
  const error = ConnectError.from(cause)
  const info = infoOf(error)
  if (info === undefined) return new Unavailable({ message: error.rawMessage || Code[error.code] })
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
      return new Unavailable({ message: info.reason, reason: info.reason, ...retryAfterOf(error) })
    default:
      return new Refused({ reason: info.reason, message: error.rawMessage, ...retryAfterOf(error) })
  }
}
