/** What the gateway grants a client: how many requests, and how long each step may take. */
import type { BudgetKind, Rate } from "@galaxy/edge/Budgets"
import { duration, type Parse, type Setting } from "./Setting.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** `400,100`: so many at once after a pause, and so many a second. */
export const rate: Parse<Rate> = (input) => {
  const match = /^(\d{1,7}),(\d{1,7}(?:\.\d{1,3})?)$/.exec(input)
  const burst = Number(match?.[1])
  const perSecond = Number(match?.[2])
  return match !== null && burst >= 1 && perSecond > 0
    ? { value: { burst, perSecond } }
    : { problem: "must be the requests at once and the requests a second, such as 400,100" }
}

const budget = (name: string, fallback: Rate, about: string) => ({
  name,
  parse: rate,
  fallback,
  fallbackText: `${fallback.burst},${fallback.perSecond}`,
  about: `${about}: how many at once after a pause, and how many a second`
})

const time = (name: string, fallback: number, fallbackText: string, about: string) => ({
  name,
  parse: duration(100, hour),
  fallback,
  fallbackText,
  about
})

export const gatewayLimits = {
  budgetIp: budget("GATEWAY_BUDGET_IP", { burst: 400, perSecond: 100 }, "requests of one address"),
  budgetSession: budget("GATEWAY_BUDGET_SESSION", { burst: 120, perSecond: 30 }, "requests of one session"),
  budgetUser: budget("GATEWAY_BUDGET_USER", { burst: 240, perSecond: 60 }, "requests of one user"),
  budgetMessageType: budget(
    "GATEWAY_BUDGET_MESSAGE_TYPE",
    { burst: 60, perSecond: 20 },
    "requests of one session and message type"
  ),
  budgetPublicIp: budget(
    "GATEWAY_BUDGET_PUBLIC_IP",
    { burst: 30, perSecond: 0.5 },
    "requests for signing in from one address"
  ),
  budgetPublicIdentity: budget(
    "GATEWAY_BUDGET_PUBLIC_IDENTITY",
    { burst: 12, perSecond: 0.1 },
    "requests for signing in with one e-mail address or challenge"
  ),
  firstBytesTimeout: time(
    "GATEWAY_FIRST_BYTES_TIMEOUT",
    10 * second,
    "10s",
    "until a connection says what it speaks, or is encrypted"
  ),
  headersTimeout: time("GATEWAY_HEADERS_TIMEOUT", 10 * second, "10s", "for the head of a request over HTTP/1.1"),
  requestTimeout: time("GATEWAY_REQUEST_TIMEOUT", minute, "1m", "for a whole request, its body too"),
  idleTimeout: time(
    "GATEWAY_IDLE_TIMEOUT",
    65 * second,
    "65s",
    "until an HTTP/1.1 connection without a request is closed"
  ),
  http2IdleTimeout: time(
    "GATEWAY_HTTP2_IDLE_TIMEOUT",
    5 * minute,
    "5m",
    "until an HTTP/2 connection without an open request is closed"
  ),
  pingInterval: time(
    "GATEWAY_PING_INTERVAL",
    30 * second,
    "30s",
    "how often the peer of an HTTP/2 connection is asked whether it is there"
  ),
  pingTimeout: time("GATEWAY_PING_TIMEOUT", 20 * second, "20s", "how long that peer may take to answer")
} as const satisfies Record<string, Setting<unknown>>

type LimitValues = {
  readonly [K in keyof typeof gatewayLimits]: (typeof gatewayLimits)[K]["fallback"]
}

/** The budgets of requests, by what they are counted for. */
export const budgetsOf = (values: LimitValues): { readonly [K in BudgetSettings]: Rate } => ({
  ip: values.budgetIp,
  session: values.budgetSession,
  user: values.budgetUser,
  messageType: values.budgetMessageType,
  publicIp: values.budgetPublicIp,
  publicIdentity: values.budgetPublicIdentity
})

type BudgetSettings = Extract<BudgetKind, "ip" | "session" | "user" | "messageType" | "publicIp" | "publicIdentity">

/** The times of the listener. */
export const timesOf = (values: LimitValues) => ({
  firstBytesMs: values.firstBytesTimeout,
  headersMs: values.headersTimeout,
  requestMs: values.requestTimeout,
  idleMs: values.idleTimeout,
  http2IdleMs: values.http2IdleTimeout,
  pingIntervalMs: values.pingInterval,
  pingTimeoutMs: values.pingTimeout
})
