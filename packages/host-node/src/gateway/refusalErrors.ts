/** Refusals as errors of Connect and gRPC, with their details. */
import { Code, ConnectError } from "@connectrpc/connect"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import type { StreamEnd } from "@galaxy/edge/hub/Outlet"
import {
  metadataOf,
  type RefusedAt,
  type Refusal,
  retryAfterOf,
  type StatusCode,
  statusCodes,
  textOf
} from "@galaxy/edge/Refusal"

const domain = "galaxy"

const codes: { readonly [C in StatusCode]: Code } = {
  INVALID_ARGUMENT: Code.InvalidArgument,
  FAILED_PRECONDITION: Code.FailedPrecondition,
  UNAUTHENTICATED: Code.Unauthenticated,
  RESOURCE_EXHAUSTED: Code.ResourceExhausted,
  UNIMPLEMENTED: Code.Unimplemented,
  UNAVAILABLE: Code.Unavailable
}

const retryInfo = (millis: number) => ({
  desc: RetryInfoSchema,
  value: { retryDelay: { seconds: BigInt(Math.floor(millis / 1_000)), nanos: (millis % 1_000) * 1_000_000 } }
})

/** In whole seconds, as the header of HTTP has it: a header or a trailer of every protocol. */
const retryAfter = (millis: number) => ({ "retry-after": String(Math.ceil(millis / 1_000)) })

/**
 * The error with its `ErrorInfo` and, where the time to try again is known, `RetryInfo` and `retry-after`. The code depends
 * on `place`.
 */
export const toConnectError = (refusal: Refusal, place: RefusedAt): ConnectError => {
  const retryAfterMs = retryAfterOf(refusal)
  const metadata = retryAfterMs === undefined ? undefined : retryAfter(retryAfterMs)
  return new ConnectError(textOf(refusal), codes[statusCodes[refusal._tag][place]], metadata, [
    { desc: ErrorInfoSchema, value: { reason: refusal._tag, domain, metadata: metadataOf(refusal) } },
    ...(retryAfterMs === undefined ? [] : [retryInfo(retryAfterMs)])
  ])
}

/** The error that a stream ends with. */
export const endError = (end: StreamEnd, place: RefusedAt): ConnectError =>
  end === "defect" ? new ConnectError("internal error", Code.Internal) : toConnectError(end, place)
