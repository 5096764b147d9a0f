/**
 * Every metric of every process: what its instruments, the reference page and the dashboard are made from.
 *
 * Names and attributes are OpenTelemetry's semantic conventions where those have one, and `galaxy.*` elsewhere. No attribute
 * holds an id, an address or anything else that a caller can choose: values come from tables of ours.
 */

/** A process that reports a metric. */
export type Reporter = "gateway" | "backend" | "engine" | "user"

/** What is measured. `unit` is in UCUM: `s`, `By`, `1`, or a word in braces that counts things. */
export interface MetricRow {
  readonly kind: "counter" | "gauge" | "histogram"
  readonly unit: string
  readonly by: ReadonlyArray<Reporter>
  readonly attributes: ReadonlyArray<string>
  /** Upper bounds of a histogram's buckets, in the unit. */
  readonly buckets?: ReadonlyArray<number>
  readonly about: string
}

const all: ReadonlyArray<Reporter> = ["gateway", "backend", "engine", "user"]
/** The convention's bounds for durations of requests, with two below for calls within one machine. */
const quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const slow = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

/** The metrics by name. */
export const metrics = {
  "rpc.server.call.duration": {
    kind: "histogram",
    unit: "s",
    by: ["gateway"],
    attributes: ["rpc.method", "galaxy.message_type", "rpc.response.status_code", "error.type"],
    buckets: quick,
    about:
      "signed calls from the head of their request to the end of the answer, without streams that have begun; `error.type` is the reason of a refusal or the code of a business error, and absent where there is none"
  },
  "http.server.request.duration": {
    kind: "histogram",
    unit: "s",
    by: ["gateway", "backend", "engine"],
    attributes: ["http.request.method", "http.route", "http.response.status_code"],
    buckets: quick,
    about:
      "REST requests, refused ones too; unknown routes and methods are `_OTHER`, and a request whose caller went away before the answer has no status"
  },
  "galaxy.gateway.backend.duration": {
    kind: "histogram",
    unit: "s",
    by: ["gateway"],
    attributes: ["galaxy.backend_call", "http.response.status_code", "error.type"],
    buckets: quick,
    about: "calls to the backend: `session`, `events`, `forward`, `public`, `ready`"
  },
  "galaxy.gateway.backends": {
    kind: "gauge",
    unit: "{backend}",
    by: ["gateway"],
    attributes: ["galaxy.backend_state"],
    about:
      "backends that this gateway may call, by what they said when they were last asked: `ready`, `unready` (it takes no calls, or ends) or `unavailable` (it can't be reached)"
  },
  "galaxy.gateway.certificate.expires_in": {
    kind: "gauge",
    unit: "s",
    by: ["gateway"],
    attributes: [],
    about: "until the certificate of the port expires, below 0 once it has; absent without TLS"
  },
  "galaxy.gateway.circuits.open": {
    kind: "gauge",
    unit: "{circuit}",
    by: ["gateway"],
    attributes: [],
    about:
      "circuits to the backend that are open: calls of their kind are held back, since they got no answers; without those that nobody has tried for a minute"
  },
  "galaxy.gateway.processes.replaced": {
    kind: "counter",
    unit: "{process}",
    by: ["gateway"],
    attributes: [],
    about: "processes of a gateway that ended by themselves and were replaced, told by the primary"
  },
  "galaxy.gateway.streams": {
    kind: "gauge",
    unit: "{stream}",
    by: ["gateway"],
    attributes: [],
    about: "open event streams"
  },
  "galaxy.gateway.streams.ended": {
    kind: "counter",
    unit: "{stream}",
    by: ["gateway"],
    attributes: ["error.type"],
    about: "event streams that ended, by the reason; absent where the client ended it"
  },
  "galaxy.gateway.events.sent": {
    kind: "counter",
    unit: "{event}",
    by: ["gateway"],
    attributes: ["galaxy.event_kind"],
    about: "signed events that were handed to streams"
  },
  "galaxy.gateway.session_cache.lookups": {
    kind: "counter",
    unit: "{lookup}",
    by: ["gateway"],
    attributes: ["galaxy.result"],
    about: "sessions that were looked up: `hit` in memory, `miss` at the backend"
  },
  "galaxy.gateway.replay.duration": {
    kind: "histogram",
    unit: "s",
    by: ["gateway"],
    attributes: ["error.type"],
    buckets: quick,
    about: "reservations of request ids in the replay store"
  },
  "galaxy.gateway.budget.refused": {
    kind: "counter",
    unit: "{request}",
    by: ["gateway"],
    attributes: ["galaxy.budget"],
    about:
      "requests without a token in their budget; `room` are those for which there was no place, which have no other metric"
  },
  "galaxy.gateway.push.connected": {
    kind: "gauge",
    unit: "1",
    by: ["gateway"],
    attributes: [],
    about: "1 while the backend's push stream is followed, 0 while it is lost"
  },
  "galaxy.gateway.push.reconnects": {
    kind: "counter",
    unit: "{connection}",
    by: ["gateway"],
    attributes: [],
    about: "push streams that were lost and are opened again"
  },
  "galaxy.gateway.push.lag": {
    kind: "histogram",
    unit: "s",
    by: ["gateway"],
    attributes: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    about: "from an event's creation in the backend, by its clock, to its arrival here"
  },
  "galaxy.access_log.suppressed": {
    kind: "counter",
    unit: "{line}",
    by: ["gateway", "backend"],
    attributes: [],
    about: "lines of the access log that weren't written, since there were too many"
  },
  "db.client.connection.count": {
    kind: "gauge",
    unit: "{connection}",
    by: ["backend", "user"],
    attributes: ["db.client.connection.pool.name", "db.client.connection.state"],
    about: "connections to PostgreSQL by the pool that they belong to: `used` and `idle`"
  },
  "db.client.connection.max": {
    kind: "gauge",
    unit: "{connection}",
    by: ["backend", "user"],
    attributes: ["db.client.connection.pool.name"],
    about: "most connections that the pool may open"
  },
  "db.client.connection.pending_requests": {
    kind: "gauge",
    unit: "{request}",
    by: ["backend", "user"],
    attributes: ["db.client.connection.pool.name"],
    about: "requests that wait for a connection"
  },
  "db.client.connection.wait_time": {
    kind: "histogram",
    unit: "s",
    by: ["backend", "user"],
    attributes: ["db.client.connection.pool.name"],
    buckets: quick,
    about: "how long requests waited for a connection"
  },
  "galaxy.turns": {
    kind: "counter",
    unit: "{turn}",
    by: ["backend"],
    attributes: ["galaxy.outcome"],
    about:
      "attempts to make a turn: `made`, `retried`, `given_up`, `computing` where the engine is still at it, `dropped`"
  },
  "galaxy.turn.duration": {
    kind: "histogram",
    unit: "s",
    by: ["backend"],
    attributes: [],
    buckets: slow,
    about: "turns that were made, from the attempt to the commit"
  },
  "galaxy.turn.lateness": {
    kind: "histogram",
    unit: "s",
    by: ["backend"],
    attributes: [],
    buckets: slow,
    about: "how long after its time a turn's making began"
  },
  "galaxy.engine.call.duration": {
    kind: "histogram",
    unit: "s",
    by: ["backend"],
    attributes: ["galaxy.engine_call", "error.type"],
    buckets: slow,
    about: "calls to engines by their path"
  },
  "galaxy.engine.processes": {
    kind: "gauge",
    unit: "{process}",
    by: ["backend"],
    attributes: [],
    about: "engines that are awake: child processes of this backend, or containers on all Docker hosts"
  },
  "galaxy.engine.memory.usage": {
    kind: "gauge",
    unit: "By",
    by: ["backend"],
    attributes: [],
    about: "resident memory of all engines together that are child processes of this backend"
  },
  "galaxy.engine.memory.largest": {
    kind: "gauge",
    unit: "By",
    by: ["backend"],
    attributes: [],
    about: "resident memory of the largest of these"
  },
  "galaxy.engine.turn.duration": {
    kind: "histogram",
    unit: "s",
    by: ["engine"],
    attributes: [],
    buckets: slow,
    about: "requests for a turn within the engine; engines send their metrics by OTLP only"
  },
  "galaxy.outbox.depth": {
    kind: "gauge",
    unit: "{item}",
    by: ["backend"],
    attributes: ["galaxy.outbox"],
    about: "what waits in the database to be sent, counted up to 100,000: `mail`, `user_event`"
  },
  "galaxy.outbox.oldest_age": {
    kind: "gauge",
    unit: "s",
    by: ["backend"],
    attributes: ["galaxy.outbox"],
    about: "age of the oldest item that waits; 0 where nothing does"
  },
  "galaxy.mail.attempts": {
    kind: "counter",
    unit: "{attempt}",
    by: ["backend"],
    attributes: ["galaxy.outcome"],
    about: "attempts to hand a mail to the relay"
  },
  galaxy_mails_given_up: {
    kind: "counter",
    unit: "{mail}",
    by: ["backend"],
    attributes: ["template_id", "reason"],
    about: "mails that were given up"
  },
  galaxy_country_counts_dropped: {
    kind: "counter",
    unit: "{request}",
    by: ["backend"],
    attributes: [],
    about: "requests whose country wasn't counted, since too many waited"
  },
  "galaxy.push.events": {
    kind: "counter",
    unit: "{event}",
    by: ["backend"],
    attributes: ["galaxy.event_kind"],
    about: "events that were written to the push log, also those of transactions that were rolled back later"
  },
  "galaxy.push.subscribers": {
    kind: "gauge",
    unit: "{gateway}",
    by: ["backend"],
    attributes: [],
    about: "gateways that follow the push log"
  },
  "galaxy.accounts": {
    kind: "gauge",
    unit: "{account}",
    by: ["backend"],
    attributes: [],
    about: "accounts that aren't deleted, counted up to 1,000,000, at least each 5 minutes"
  },
  "galaxy.signups": {
    kind: "counter",
    unit: "{account}",
    by: ["backend", "user"],
    attributes: [],
    about: "accounts that were made"
  },
  "galaxy.games": {
    kind: "gauge",
    unit: "{game}",
    by: ["backend"],
    attributes: ["galaxy.status"],
    about: "games by their status in the lobby, counted up to 1,000,000, at least each 5 minutes"
  },
  "galaxy.runtimes": {
    kind: "gauge",
    unit: "{game}",
    by: ["backend"],
    attributes: ["galaxy.status"],
    about: "games that have begun, by the status of their runtime, counted up to 1,000,000, at least each 5 minutes"
  },
  userservice_http_requests_total: {
    kind: "counter",
    unit: "{request}",
    by: ["user"],
    attributes: ["method", "status"],
    about: "answered requests by method and status"
  },
  userservice_http_request_duration_seconds: {
    kind: "histogram",
    unit: "s",
    by: ["user"],
    attributes: ["method"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    about: "time from a request to its answer"
  },
  userservice_events_total: {
    kind: "counter",
    unit: "{event}",
    by: ["user"],
    attributes: ["stream"],
    about: "events of accounts that were sent"
  },
  db_sql_connection_open: {
    kind: "gauge",
    unit: "{connection}",
    by: ["backend", "user"],
    attributes: [],
    about: "open connections to PostgreSQL, under the name of the service that the user process replaces"
  },
  db_sql_connection_in_use: {
    kind: "gauge",
    unit: "{connection}",
    by: ["backend", "user"],
    attributes: [],
    about: "connections to PostgreSQL in use, under the name of the service that the user process replaces"
  },
  "galaxy.telemetry.exports": {
    kind: "counter",
    unit: "{batch}",
    by: all,
    attributes: ["galaxy.signal", "galaxy.outcome"],
    about: "batches for the collector: `sent`, `failed`, `dropped` where too many were on their way"
  },
  "process.cpu.time": {
    kind: "counter",
    unit: "s",
    by: all,
    attributes: ["cpu.mode"],
    about: "CPU time of the process, `user` and `system`"
  },
  "process.memory.usage": {
    kind: "gauge",
    unit: "By",
    by: all,
    attributes: [],
    about: "resident memory of the process"
  },
  "process.uptime": { kind: "gauge", unit: "s", by: all, attributes: [], about: "how long the process has run" },
  "nodejs.eventloop.delay.p50": {
    kind: "gauge",
    unit: "s",
    by: all,
    attributes: [],
    about: "median delay of the event loop since the last reading"
  },
  "nodejs.eventloop.delay.p99": {
    kind: "gauge",
    unit: "s",
    by: all,
    attributes: [],
    about: "the delay that 99 % of the event loop's turns stayed below since the last reading"
  },
  "nodejs.eventloop.delay.max": {
    kind: "gauge",
    unit: "s",
    by: all,
    attributes: [],
    about: "longest delay of the event loop since the last reading"
  },
  "nodejs.eventloop.utilization": {
    kind: "gauge",
    unit: "1",
    by: all,
    attributes: [],
    about: "share of the time that the event loop was busy since the last reading"
  },
  "v8js.memory.heap.used": {
    kind: "gauge",
    unit: "By",
    by: all,
    attributes: ["v8js.heap.space.name"],
    about: "memory in use of each space of the heap"
  },
  "v8js.memory.heap.limit": {
    kind: "gauge",
    unit: "By",
    by: all,
    attributes: [],
    about: "most that the heap may grow to"
  },
  "v8js.gc.duration": {
    kind: "histogram",
    unit: "s",
    by: all,
    attributes: ["v8js.gc.type"],
    buckets: [0.001, 0.01, 0.1, 1],
    about: "pauses by garbage collection: `major`, `minor`, `incremental`, `weakcb`"
  }
} as const satisfies Readonly<Record<string, MetricRow>>

/** The name of a metric. */
export type MetricName = keyof typeof metrics

/** Names of one kind of metric. */
export type MetricOf<K extends MetricRow["kind"]> = {
  [N in MetricName]: (typeof metrics)[N]["kind"] extends K ? N : never
}[MetricName]

type Strings<T extends ReadonlyArray<string>> = { readonly [I in keyof T]: string }

/** One value for each attribute of a metric, in the order of its row; an empty one leaves the attribute out. */
export type ValuesOf<N extends MetricName> = Strings<(typeof metrics)[N]["attributes"]>

const units: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" }

/**
 * The name under which Prometheus knows a metric, by OpenTelemetry's rules: other characters become `_`, the unit is
 * added unless the name ends with it, and `_total` to counters. A gauge of unit `1` keeps its name. Names that aren't in the table are
 * only cleaned.
 */
export const prometheusName = (name: string): string => {
  const clean = name.replaceAll(/[^a-zA-Z0-9_:]+/g, "_")
  const row = (metrics as Readonly<Record<string, MetricRow>>)[name]
  if (row === undefined || !name.includes(".")) return clean
  const unit = units[row.unit]
  const withUnit = unit === undefined || clean.endsWith(`_${unit}`) ? clean : `${clean}_${unit}`
  return row.kind === "counter" ? `${withUnit}_total` : withUnit
}
