/** Pings over an HTTP/2 connection, by which a peer that has vanished is noticed. */
import type { Http2Session } from "node:http2"

/**
 * Pings every `intervalMs`, and destroys the session where an answer takes longer than `timeoutMs`. Ends with the
 * session.
 */
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
