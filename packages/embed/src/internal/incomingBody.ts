/** The body of a request of Node as a stream of the Web, which leaves the connection usable where it isn't read. */
import type { IncomingMessage } from "node:http"
import { finished } from "node:stream"

/** A body that is read as far as somebody asks for it. */
export interface IncomingBody {
  readonly stream: ReadableStream<Uint8Array>
  /** Whoever still reads gets an error. */
  readonly abandon: () => void
}

/** Unlike `Readable.toWeb`, a cancelled stream doesn't end the connection: the answer is still to come. */
export const bodyOf = (incoming: IncomingMessage): IncomingBody => {
  let over = false
  let fail: (cause: Error) => void = () => undefined
  let leave: () => void = () => undefined
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const take = (chunk: Uint8Array) => {
          controller.enqueue(chunk)
          incoming.pause()
        }
        leave = () => {
          over = true
          incoming.off("data", take)
        }
        fail = (cause) => {
          if (over) return
          leave()
          controller.error(cause)
        }
        // Otherwise a listener would make it flow.
        incoming.pause()
        incoming.on("data", take)
        finished(incoming, { writable: false }, (cause) => {
          if (cause !== undefined && cause !== null) fail(cause)
          else if (!over) {
            leave()
            controller.close()
          }
        })
      },
      pull: () => {
        incoming.resume()
      },
      cancel: () => leave()
    },
    { highWaterMark: 0 }
  )
  return { stream, abandon: () => fail(new Error("the request has been answered")) }
}

/** How long a client may go on sending what nobody reads, after its answer. */
const patienceMs = 5_000

/**
 * Reads and forgets what is left of a request that has been answered: the next one on the connection comes after it. A
 * client that goes on for too long loses the connection.
 */
export const discard = (incoming: IncomingMessage): void => {
  if (incoming.complete || incoming.destroyed || incoming.httpVersionMajor > 1) return
  const timer = setTimeout(() => incoming.destroy(), patienceMs)
  timer.unref()
  incoming.once("close", () => {
    clearTimeout(timer)
  })
  incoming.resume()
}
