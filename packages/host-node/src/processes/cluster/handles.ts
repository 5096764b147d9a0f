/**
 * The system's handle of a connection, as it goes from one process to another.
 *
 * Node's way to send a socket makes one that reads at once at the other end. A connection may have to wait for its turn unread, so
 * the handle goes by itself, as `node:cluster` sends it, and becomes a socket that doesn't read yet, as one that was accepted
 * with `pauseOnConnect`.
 */
import type { SendHandle } from "node:child_process"
import { Socket, type SocketConstructorOpts } from "node:net"

interface Handle {
  reading: boolean
  readonly readStop: () => void
}

const isHandle = (value: unknown): value is Handle =>
  typeof value === "object" && value !== null && "readStop" in value && !(value instanceof Socket)

/** The handle of a connection, which is read no more; undefined if the connection has ended. `socket` is to be destroyed when it is sent. */
export const handleOf = (socket: Socket): SendHandle | undefined => {
  const { _handle: handle } = socket as Socket & { readonly _handle?: unknown }
  if (!isHandle(handle)) return undefined
  handle.reading = false
  handle.readStop()
  return handle as unknown as SendHandle
}

/** A connection that isn't read yet; undefined for anything but a handle. */
export const socketOf = (handle: unknown): Socket | undefined => {
  if (!isHandle(handle)) return undefined
  const options = { handle, pauseOnCreate: true, readable: true, writable: true, allowHalfOpen: false }
  return new Socket(options as unknown as SocketConstructorOpts)
}
