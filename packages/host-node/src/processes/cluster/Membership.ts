/**
 * A gateway process among several, seen from inside: it gets its connections from the primary and ends with it.
 *
 * The primary starts it with its number, so that an operator can't do so by mistake.
 */
import type { Incoming } from "../../gateway/Incoming.ts"
import { socketOf } from "./handles.ts"
import { type Alive, isAlive, isConnected, isMetricsAsked, type MetricsTold, type Told } from "./messages.ts"

const word = "process-of-gateway"

/** The arguments that make a program the process of this number, counted from 1, of so many. */
export const argumentsOf = (index: number, count: number, clientId: string): ReadonlyArray<string> => [
  word,
  String(index),
  String(count),
  clientId
]

/** What a process knows of itself. */
export interface Membership {
  /** Counted from 1, and the same after a restart. */
  readonly index: number
  readonly count: number
  /** Its name at the backend's push stream. */
  readonly clientId: string
}

/** The process that the primary has started; undefined in any other. */
export const membership = (): Membership | undefined => {
  const [said, index, count, clientId] = process.argv.slice(2)
  if (said !== word || process.send === undefined || clientId === undefined) return undefined
  return { index: Number(index), count: Number(count), clientId }
}

/** Ends this process in an orderly way when the primary is gone. */
export const endWithPrimary = (): void => {
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"))
}

/** Never fails: a primary that has gone ends this process anyway. */
const tell = (told: Told | Alive | MetricsTold): void => {
  if (process.connected) process.send?.(told, undefined, undefined, () => undefined)
}

/** The connections that the primary hands over. */
export const incoming: Incoming = {
  take: (each) => {
    const onMessage = (message: unknown, handle: unknown) => {
      const socket = isConnected(message) ? socketOf(handle) : undefined
      if (!isConnected(message) || socket === undefined) return
      if (message.head !== undefined) socket.unshift(Buffer.from(message.head, "base64"))
      each(socket, message.ip)
    }
    process.on("message", onMessage)
    return () => {
      tell({ type: "ending" })
      process.off("message", onMessage)
      // What was on its way: clients open a connection of their own accord elsewhere.
      process.on("message", (_message, handle) => socketOf(handle)?.destroy())
    }
  }
}

/** Tells the primary that connections are taken from now on, and whenever it asks that this process still runs. */
export const serving = (): void => {
  process.on("message", (message) => {
    if (isAlive(message)) tell(message)
  })
  tell({ type: "serving" })
}

/** Answers the primary, which asks for the metrics of its processes; returns how to stop. */
export const answerMetrics = (read: () => string): (() => void) => {
  const onMessage = (message: unknown) => {
    if (isMetricsAsked(message)) tell({ ...message, text: read() })
  }
  process.on("message", onMessage)
  return () => void process.off("message", onMessage)
}
