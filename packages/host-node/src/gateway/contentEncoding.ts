/** Bodies that say they are encoded where nothing is decoded: read as they come, they would be taken for another text. */
import type { IncomingMessage } from "node:http"

/** Whether the body claims an encoding of its own; Connect's unary calls alone know some. */
export const isEncoded = ({ headers }: IncomingMessage): boolean => {
  const encoding = (headers["content-encoding"] ?? "").trim().toLowerCase()
  return encoding !== "" && encoding !== "identity"
}

/** Messages in frames say for each of them whether it is compressed, and by what in a header of their protocol. */
export const isFramed = ({ headers }: IncomingMessage): boolean =>
  /^application\/(grpc|connect\+)/i.test(headers["content-type"] ?? "")

/** The refusal of what is encoded. */
export const encoded = ["unsupported_media_type", "send the body as it is, without a content encoding"] as const
