/** The two forms of a subscription that are served without the library: gRPC over HTTP/2, and Connect's streams. */
import type { IncomingHttpHeaders } from "node:http"
import { fromBinary } from "@bufbuild/protobuf"
import type { ConnectError } from "@connectrpc/connect"
import { endStreamFlag, endStreamToJson } from "@connectrpc/connect/protocol-connect"
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc"
import {
  EdgeGateway,
  type SubscribeEventsRequest,
  SubscribeEventsRequestSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { framed, messageIn } from "../http/grpcFrame.ts"

/** The path of subscriptions. */
export const subscriptionPath = `/${EdgeGateway.typeName}/${EdgeGateway.method.subscribeEvents.name}`

/** What a stream ends with: a last frame, or trailers. */
export interface Tail {
  readonly body: Uint8Array | undefined
  readonly trailers: Readonly<Record<string, string>> | undefined
}

/** How a protocol begins and ends a stream. Its events are framed alike. */
export interface SubscriptionForm {
  readonly contentType: string
  readonly hasTrailers: boolean
  readonly tail: (error: ConnectError) => Tail
}

const grpc: SubscriptionForm = {
  contentType: "application/grpc+proto",
  hasTrailers: true,
  tail: (error) => {
    const trailers = new Headers()
    setTrailerStatus(trailers, error)
    return { body: undefined, trailers: Object.fromEntries(trailers) }
  }
}

const connect: SubscriptionForm = {
  contentType: "application/connect+proto",
  hasTrailers: false,
  tail: (error) => {
    const json = Buffer.from(JSON.stringify(endStreamToJson(new Headers(), error, undefined)))
    return { body: framed(json, endStreamFlag), trailers: undefined }
  }
}

/** The form that a request's head says; undefined where it is none of these, or its client gives it a time. */
export const subscriptionFormOf = (
  headers: IncomingHttpHeaders,
  httpVersionMajor: number
): SubscriptionForm | undefined => {
  if (headers["content-encoding"] !== undefined) return undefined
  switch (headers["content-type"]) {
    case "application/grpc":
    case "application/grpc+proto":
      return httpVersionMajor === 2 && headers["grpc-encoding"] === undefined && headers["grpc-timeout"] === undefined
        ? grpc
        : undefined
    case "application/connect+proto":
      return headers["connect-protocol-version"] === "1" &&
        headers["connect-content-encoding"] === undefined &&
        headers["connect-timeout-ms"] === undefined
        ? connect
        : undefined
    default:
      return undefined
  }
}

/** The message in a whole body, where that is exactly one. Unknown fields aren't kept: nobody has signed them. */
export const subscriptionIn = (body: Buffer): SubscribeEventsRequest | undefined => {
  const message = messageIn(body)
  if (message === undefined) return undefined
  try {
    return fromBinary(SubscribeEventsRequestSchema, message, { readUnknownFields: false })
  } catch {
    return undefined
  }
}
