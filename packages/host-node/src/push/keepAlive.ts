/** Pings over an HTTP/2 connection, by which a peer that has vanished is noticed. */
import type { Http2Session } from "node:http2"

/**
 * Calls back once the peer has answered.
 *
 * Node answers pings of a session that was told to close by itself, without sending them. Such a session lives on until
 * its last stream ends, so it is asked with settings instead, which every peer has to acknowledge.
 */
export const askPeer = (session: Http2Session, answered: () => void): void => {
  if (session.closed) session.settings({}, answered)
  else session.ping(answered)
}

/** Ends the session and its socket, which would wait for the peer to close it too. */
export const cutOff = (session: Http2Session): void => {
  // The session shows its socket through a proxy; `once` returns the socket itself.
  const socket = session.socket.once("close", () => undefined)
  session.destroy()
  socket.destroy()
}

/**
 * Pings every `intervalMs`, and destroys the session where an answer takes longer than `timeoutMs`. Ends with the
 * session, and not before: it goes on after a GOAWAY while a stream is open.
 */
export const keepAlive = (session: Http2Session, intervalMs: number, timeoutMs: number): void => {
  let lost: NodeJS.Timeout | undefined
  const ping = setInterval(() => {
    if (session.destroyed || lost !== undefined) return
    lost = setTimeout(() => {
      if (!session.destroyed) cutOff(session)
    }, timeoutMs)
    askPeer(session, () => {
      clearTimeout(lost)
      lost = undefined
    })
  }, intervalMs)
  session.once("close", () => {
    clearInterval(ping)
    clearTimeout(lost)
  })
}
