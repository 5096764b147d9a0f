/** Bodies with a content encoding, where none is supported: read as they are, they would be misunderstood. */
import type { IncomingMessage } from "node:http"

/** Whether the body has a content encoding; only unary Connect calls support some. */
export const isEncoded = ({ headers }: IncomingMessage): boolean => {
  const encoding = (headers["content-encoding"] ?? "").trim().toLowerCase()
  return encoding !== "" && encoding !== "identity"
}

/**
 * Whether the body consists of framed messages: each says whether it is compressed, and a header of its protocol says
 * how.
 */
export const isFramed = ({ headers }: IncomingMessage): boolean =>
  /^application\/(grpc|connect\+)/i.test(headers["content-type"] ?? "")

/** The code and message that refuse an encoded body. */
export const encoded = ["unsupported_media_type", "send the body as it is, without a content encoding"] as const
