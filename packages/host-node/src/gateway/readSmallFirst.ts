/**
 * Over HTTP/2 an answer that ends before the request has been read makes Node reset the stream, and some clients lose
 * the answer with it. The rest of a small body is therefore read and discarded before the answer ends.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Handler } from "../http/guard.ts"

/** A client that sends more than this, or takes longer, may miss an answer that doesn't depend on the body. */
const mostBytes = 1_048_576
const patienceMs = 2_000

const givenUp = new WeakSet<IncomingMessage>()

/** The answer of a request won't wait for the rest of its body: its time is over. */
export const waitNoMore = (request: IncomingMessage): void => {
  givenUp.add(request)
}

/**
 * Calls back once the rest of the request was read, or won't be.
 *
 * It reads by hand: a reader that has stopped may still listen for data, and with such a listener none flows.
 */
const whenRead = (request: IncomingMessage, done: () => void): void => {
  let left = mostBytes
  const over = () => {
    clearTimeout(late)
    request.off("readable", read).off("end", over).off("close", over).off("error", over)
    done()
  }
  const read = () => {
    for (;;) {
      const chunk = request.read() as Buffer | null
      if (chunk === null) return
      left -= chunk.length
      if (left < 0) {
        over()
        return
      }
    }
  }
  const late = setTimeout(over, patienceMs)
  request.on("readable", read).once("end", over).once("close", over).once("error", over)
  read()
}

const endsAfterReading = (request: IncomingMessage, response: ServerResponse): void => {
  const end = response.end.bind(response) as (...args: ReadonlyArray<unknown>) => ServerResponse
  response.end = ((...args: ReadonlyArray<unknown>) => {
    // Restored first: an `end` within the end has nothing to wait for.
    response.end = end as ServerResponse["end"]
    if (request.readableEnded || request.destroyed || givenUp.has(request)) return end(...args)
    whenRead(request, () => end(...args))
    return response
  }) as ServerResponse["end"]
}

/**
 * Wraps a handler: over HTTP/2 its answers end only once the rest of a small body was read. HTTP/1.1 is left as it is.
 */
export const readSmallFirst =
  (handler: Handler): Handler =>
  (request, response) => {
    if (request.httpVersionMajor > 1) endsAfterReading(request, response)
    handler(request, response)
  }
