/** How the library reads the body of a call: inspected, within the call's deadline, and to its end where it is refused. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Code, ConnectError } from "@connectrpc/connect"
import { inspector } from "./callBodies.ts"
import type { ReadSoFar } from "./fastUnary.ts"
import { waitNoMore } from "./readSmallFirst.ts"
import { timeoutOf } from "./timeouts.ts"

/** Bytes of a refused message that are still read; a client that sends more may miss the answer. */
export const maxDiscarded = 12 * 1_048_576
/** The same for an HTTP/1.1 message without a length, which may have no end. */
export const maxDiscardedOfEndless = 64 * 1024

const discard = async (request: IncomingMessage, endless: boolean, giveUp: () => void) => {
  let left = endless ? maxDiscardedOfEndless : maxDiscarded
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    left -= chunk.length
    // The rest stays unread: the listener cuts off a client that doesn't end soon.
    if (left < 0) {
      giveUp()
      return
    }
  }
}

/**
 * Over HTTP/1.1 a message that isn't read to its end ends the connection. Only our side is closed, so that no reset
 * overtakes the answer while the client is still sending.
 */
const endWithAnswer = (request: IncomingMessage, response: ServerResponse) => {
  if (request.httpVersionMajor !== 1) return
  const { socket } = request
  response.setHeader("connection", "close")
  socket.destroySoon = () => {
    socket.end()
  }
}

/** The deadline of a call, where it has one that can be read. */
const deadlineOf = ({ headers }: IncomingMessage): number | undefined => {
  const isGrpc = headers["content-type"]?.startsWith("application/grpc") === true
  const found = timeoutOf(headers, isGrpc ? "grpc-timeout" : "connect-timeout-ms")
  return found === "malformed" ? undefined : found
}

/** Rejects at the deadline, and never without one. */
const overdue = (millis: number | undefined) => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    if (millis === undefined) return
    timer = setTimeout(() => reject(new ConnectError("the operation timed out", Code.DeadlineExceeded)), millis)
  })
  // Nobody waits for it once the body has been read.
  late.catch(() => undefined)
  return { late, stop: () => clearTimeout(timer) }
}

async function* untilLate(chunks: AsyncIterator<Buffer>, late: Promise<never>): AsyncGenerator<Buffer> {
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), late])
      if (next.done === true) return
      yield next.value
    }
  } finally {
    // Takes its listeners off; not waited for, because what is late may never come.
    void chunks.return?.()
  }
}

/**
 * A message that is refused before it was read completely is read to its end and discarded before the answer. Left
 * unread, it would block an HTTP/1.1 connection for the requests that follow, and over HTTP/2 the sender would see a
 * reset. One that hasn't come by the call's deadline isn't waited for.
 */
export const readToTheEnd = (request: IncomingMessage, response: ServerResponse, { parts, isWhole }: ReadSoFar) => {
  const endless = request.httpVersionMajor === 1 && request.headers["content-length"] === undefined
  // By this header alone the adapter would refuse, and leave everything unread.
  delete request.headers["content-length"]
  const inspect = inspector(request)
  request[Symbol.asyncIterator] = async function* () {
    const { late, stop } = overdue(deadlineOf(request))
    const giveUp = () => endWithAnswer(request, response)
    let isLate = false
    late.catch(() => {
      isLate = true
    })
    try {
      // Even of an empty body the head is inspected.
      inspect(nothing)
      for (const part of parts) {
        inspect(part)
        yield part
      }
      if (isWhole) return undefined
      const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>
      for await (const chunk of untilLate(chunks, late)) {
        inspect(chunk)
        yield chunk
      }
      return undefined
    } finally {
      stop()
      if (isLate) {
        waitNoMore(request)
        giveUp()
      }
      // If it failed, its reader has already seen the error.
      else if (!isWhole) await discard(request, endless, giveUp).catch(() => undefined)
    }
  }
}

const nothing = new Uint8Array()
