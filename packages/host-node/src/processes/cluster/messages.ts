/** What the primary and its processes say to each other. */

import type { Taken } from "@galaxy/edge/Budgets"

/** To a process, together with a connection. */
export interface Connected {
  readonly type: "connection"
  /** Whom it counts for. */
  readonly ip: string
  /** What was read of it already, in base64. */
  readonly head?: string
}

/** From a process: it takes connections, or it takes no more because it ends. */
export interface Told {
  readonly type: "serving" | "ending"
}

/** To a process, which answers with the same. */
export interface Alive {
  readonly type: "alive"
}

/** To a process: it is asked for its metrics. Its answer has the same number. */
export interface MetricsAsked {
  readonly type: "metrics"
  readonly id: number
}

/** From a process: its metrics, in the format of Prometheus. */
export interface MetricsTold extends MetricsAsked {
  readonly text: string
}

/** From a process, and to all others: what it has taken of budgets. */
export interface TakenTold {
  readonly type: "taken"
  readonly all: ReadonlyArray<Taken>
}

const typeOf = (message: unknown): unknown =>
  typeof message === "object" && message !== null && "type" in message ? message.type : undefined

/** Whether a connection comes with it. */
export const isConnected = (message: unknown): message is Connected => typeOf(message) === "connection"

/** Whether a process says what it does. */
export const isTold = (message: unknown): message is Told =>
  typeOf(message) === "serving" || typeOf(message) === "ending"

/** Whether the primary asks for metrics; what goes to a process. */
export const isMetricsAsked = (message: unknown): message is MetricsAsked => typeOf(message) === "metrics"

/** Whether a process tells its metrics; what comes from one. */
export const isMetricsTold = (message: unknown): message is MetricsTold => typeOf(message) === "metrics"

/** Whether it is about budgets. */
export const isTakenTold = (message: unknown): message is TakenTold => typeOf(message) === "taken"

/** Whether it asks or says that a process is alive. */
export const isAlive = (message: unknown): message is Alive => typeOf(message) === "alive"
