/** What the library overlooks in calls that it reads: flags of frames, encodings that it doesn't know, Connect's version. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Code, ConnectError } from "@connectrpc/connect"
import { frameHead } from "../http/grpcFrame.ts"
import { isFramed } from "./contentEncoding.ts"

const compressedFlag = 1

/** Follows the frames of a body, however it is cut into parts. */
class Frames {
  #headLeft = frameHead
  #length = 0
  #left = 0

  /** Throws where a frame has a flag that no message of a client has. */
  see(part: Uint8Array): void {
    for (let at = 0; at < part.length; ) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, part.length - at)
        this.#left -= step
        at += step
      } else this.#seeHead(part[at++] ?? 0)
    }
  }

  #seeHead(byte: number): void {
    if (this.#headLeft === frameHead) {
      if ((byte & ~compressedFlag) !== 0)
        throw new ConnectError(`a message has the unknown flags ${byte}`, Code.InvalidArgument)
    } else this.#length = this.#length * 256 + byte
    this.#headLeft -= 1
    if (this.#headLeft > 0) return
    this.#left = this.#length
    this.#headLeft = frameHead
    this.#length = 0
  }
}

const isConnect = (contentType: string) => !contentType.startsWith("application/grpc")

/**
 * Sees each part of a body before the library does. It throws `InvalidArgument` where the call can't be understood, which ends
 * like any message that can't be read.
 */
export const inspector = (request: IncomingMessage): ((part: Uint8Array) => void) => {
  const { headers } = request
  const version = headers["connect-protocol-version"]
  if (isConnect(headers["content-type"] ?? "") && version !== undefined && version !== "1") {
    return () => {
      throw new ConnectError('connect-protocol-version must be "1"', Code.InvalidArgument)
    }
  }
  if (!isFramed(request)) return () => undefined
  const frames = new Frames()
  return (part) => frames.see(part)
}

const known: ReadonlySet<string> = new Set(["", "identity", "gzip", "br"])

const encodingNames = (contentType: string) => {
  if (!isConnect(contentType)) return { sent: "grpc-encoding", accepted: "grpc-accept-encoding" }
  return contentType.startsWith("application/connect+")
    ? { sent: "connect-content-encoding", accepted: "connect-accept-encoding" }
    : { sent: "content-encoding", accepted: "accept-encoding" }
}

/** Tells a client that sends an unknown encoding which ones there are; the library refuses the call. */
export const tellEncodings = ({ headers }: IncomingMessage, response: ServerResponse): void => {
  const { accepted, sent } = encodingNames(headers["content-type"] ?? "")
  const named = headers[sent]
  if (named !== undefined && !known.has(String(named))) response.setHeader(accepted, "gzip, br")
}
