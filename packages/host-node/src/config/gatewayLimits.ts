/** What the gateway grants a client: how many requests, and how long each step may take. */
import { messageRoutes } from "@galaxy/contract/routes/MessageRoutes"
import type { BudgetKind, BudgetOptions, Rate } from "@galaxy/edge/Budgets"
import { subscribeType } from "@galaxy/edge/Envelope"
import { duration, type Parse, type Setting } from "./Setting.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

const knownTypes: ReadonlySet<string> = new Set([...Object.keys(messageRoutes), subscribeType])

/** `400,100`: the largest burst, and how many per second. */
export const rate: Parse<Rate> = (input) => {
  const match = /^(\d{1,7}),(\d{1,7}(?:\.\d{1,3})?)$/.exec(input)
  const burst = Number(match?.[1])
  const perSecond = Number(match?.[2])
  return match !== null && burst >= 1 && perSecond > 0
    ? { value: { burst, perSecond } }
    : { problem: "must be the largest burst and the requests a second, such as 400,100" }
}

/** How many problems of a list of rates are told; a text of another kind would have hundreds. */
const mostProblems = 20

const problemOf = (messageType: string, given: unknown): ReadonlyArray<string> => {
  if (!knownTypes.has(messageType)) return [`there is no message type ${JSON.stringify(messageType.slice(0, 64))}`]
  const parsed = typeof given === "string" ? rate(given) : { problem: 'must be text such as "5,0.1"' }
  return "problem" in parsed ? [`the rate of ${messageType} ${parsed.problem}`] : []
}

/** A JSON object from message types to their rates, such as `{"lobby.games.create":"5,0.1"}`. */
export const ratesByType: Parse<Readonly<Record<string, Rate>>> = (input) => {
  let json: unknown
  try {
    json = JSON.parse(input)
  } catch {
    json = undefined
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    return { problem: `must be a JSON object such as {"lobby.games.create":"5,0.1"}` }
  const entries = Object.entries(json)
  const [problem, ...more] = entries.flatMap(([type, given]) => problemOf(type, given))
  if (problem !== undefined) return { problem, more: more.slice(0, mostProblems - 1) }
  const rates = entries.flatMap(([type, given]) => {
    const parsed = rate(String(given))
    return "value" in parsed ? [[type, parsed.value] as const] : []
  })
  return { value: Object.fromEntries(rates) }
}

const budget = (name: string, fallback: Rate, about: string) => ({
  name,
  parse: rate,
  fallback,
  fallbackText: `${fallback.burst},${fallback.perSecond}`,
  about: `${about}: largest burst, and how many a second`
})

const time = (name: string, fallback: number, fallbackText: string, about: string) => ({
  name,
  parse: duration(100, hour),
  fallback,
  fallbackText,
  about
})

/** Budgets and timeouts, merged into the gateway's settings. Timeouts are in milliseconds, from 100 ms to 1 h. */
export const gatewayLimits = {
  budgetIp: budget("GATEWAY_BUDGET_IP", { burst: 400, perSecond: 100 }, "requests from one address"),
  budgetSession: budget("GATEWAY_BUDGET_SESSION", { burst: 120, perSecond: 30 }, "requests of one session"),
  budgetUser: budget("GATEWAY_BUDGET_USER", { burst: 240, perSecond: 60 }, "requests of one user"),
  budgetMessageType: budget(
    "GATEWAY_BUDGET_MESSAGE_TYPE",
    { burst: 60, perSecond: 20 },
    "requests of one session and message type"
  ),
  budgetMessageTypes: {
    name: "GATEWAY_BUDGET_MESSAGE_TYPES",
    parse: ratesByType,
    fallback: {},
    fallbackText: "none",
    about:
      'the same for single message types, as a JSON object such as {"lobby.games.create":"5,0.1"}; gateway.subscribe is the type of event streams'
  },
  budgetPublicIp: budget(
    "GATEWAY_BUDGET_PUBLIC_IP",
    { burst: 30, perSecond: 0.5 },
    "requests for signing in from one address"
  ),
  budgetPublicIdentity: budget(
    "GATEWAY_BUDGET_PUBLIC_IDENTITY",
    { burst: 12, perSecond: 0.1 },
    "requests from one network for signing in with one e-mail address or challenge"
  ),
  budgetFailuresUser: budget(
    "GATEWAY_BUDGET_FAILURES_USER",
    { burst: 100, perSecond: 1 },
    "failed verifications on connections that requests of one user have verified, before these count like any others"
  ),
  budgetRepeats: budget(
    "GATEWAY_BUDGET_REPEATS",
    { burst: 240, perSecond: 5 },
    "rightly signed requests of one session from one network that are stale or repeated"
  ),
  firstBytesTimeout: time(
    "GATEWAY_FIRST_BYTES_TIMEOUT",
    10 * second,
    "10s",
    "how long a new connection may take until its first bytes, or its TLS handshake, have arrived"
  ),
  headersTimeout: time(
    "GATEWAY_HEADERS_TIMEOUT",
    10 * second,
    "10s",
    "how long the head of an HTTP/1.1 request may take to arrive"
  ),
  requestTimeout: time(
    "GATEWAY_REQUEST_TIMEOUT",
    minute,
    "1m",
    "how long a whole request may take to arrive, with its body"
  ),
  idleTimeout: time(
    "GATEWAY_IDLE_TIMEOUT",
    65 * second,
    "65s",
    "how long an HTTP/1.1 connection may be without a request before it is closed"
  ),
  http2IdleTimeout: time(
    "GATEWAY_HTTP2_IDLE_TIMEOUT",
    5 * minute,
    "5m",
    "how long an HTTP/2 connection may be without an open request before it is closed"
  ),
  pingInterval: time("GATEWAY_PING_INTERVAL", 30 * second, "30s", "how often an HTTP/2 connection is pinged"),
  pingTimeout: time("GATEWAY_PING_TIMEOUT", 20 * second, "20s", "how long the other side may take to answer a ping"),
  sendTimeout: time(
    "GATEWAY_SEND_TIMEOUT",
    30 * second,
    "30s",
    "how long a client may take nothing of the answer or event stream that is sent to it before it is cut off"
  ),
  drainTimeout: time(
    "GATEWAY_DRAIN_TIMEOUT",
    5 * second,
    "5s",
    "how long running requests may go on when the gateway ends, before they are cut off"
  ),
  endTimeout: time(
    "GATEWAY_END_TIMEOUT",
    3 * second,
    "3s",
    "how long the gateway's end may take beyond GATEWAY_END_DELAY and GATEWAY_DRAIN_TIMEOUT before it cuts itself short"
  ),
  endDelay: {
    name: "GATEWAY_END_DELAY",
    parse: duration(0, hour),
    fallback: 0,
    fallbackText: "0s",
    about:
      "how long the gateway goes on serving at its end while /readyz already says that it isn't ready, so that load balancers stop sending clients to it"
  }
} as const satisfies Record<string, Setting<unknown>>

type Widened<A> = A extends number ? number : A

type LimitValues = {
  readonly [K in keyof typeof gatewayLimits]: Widened<(typeof gatewayLimits)[K]["fallback"]>
}

/** The request budgets, in the form that `Budgets` takes. */
export const budgetsOf = (values: LimitValues): Pick<BudgetOptions, BudgetSettings | "messageTypes"> => ({
  ip: values.budgetIp,
  session: values.budgetSession,
  user: values.budgetUser,
  messageType: values.budgetMessageType,
  messageTypes: values.budgetMessageTypes,
  publicIp: values.budgetPublicIp,
  publicIdentity: values.budgetPublicIdentity,
  failuresUser: values.budgetFailuresUser,
  repeats: values.budgetRepeats
})

type BudgetSettings = Extract<
  BudgetKind,
  "ip" | "session" | "user" | "messageType" | "publicIp" | "publicIdentity" | "failuresUser" | "repeats"
>

/** The timeouts, in the form that the listener takes. */
export const timesOf = (values: LimitValues) => ({
  firstBytesMs: values.firstBytesTimeout,
  headersMs: values.headersTimeout,
  requestMs: values.requestTimeout,
  idleMs: values.idleTimeout,
  http2IdleMs: values.http2IdleTimeout,
  pingIntervalMs: values.pingInterval,
  pingTimeoutMs: values.pingTimeout,
  sendMs: values.sendTimeout,
  drainMs: values.drainTimeout
})
