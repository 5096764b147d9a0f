/** Asks the other end of an HTTP/2 connection now and then whether it is there; one that doesn't answer is cut off. */
import type { Http2Session } from "node:http2"

export const keepAlive = (session: Http2Session, intervalMs: number, timeoutMs: number): void => {
  let lost: NodeJS.Timeout | undefined
  const ping = setInterval(() => {
    if (session.destroyed || session.closed || lost !== undefined) return
    lost = setTimeout(() => session.destroy(), timeoutMs)
    session.ping(() => {
      clearTimeout(lost)
      lost = undefined
    })
  }, intervalMs)
  session.once("close", () => {
    clearInterval(ping)
    clearTimeout(lost)
  })
}
