/** Connections of a listener that another process has accepted: several gateway processes share one port this way. */
import type { Socket } from "node:net"

/** Where connections come from. */
export interface Incoming {
  /**
   * Calls `each` for every connection from now on. It is paused, nothing of it has been read that isn't put back, and `ip`
   * is whom it counts for. Returns how to take no more.
   */
  readonly take: (each: (socket: Socket, ip: string) => void) => () => void
}
