/** Standard OpenTelemetry variables; only what is set has an effect, and nothing leaves the process by default. */
import { flag, nonEmpty, oneOf, type Parse, type Setting, url, whole } from "./Setting.ts"

const exporter = (signal: string) =>
  ({
    name: `OTEL_${signal.toUpperCase()}_EXPORTER`,
    parse: oneOf("none", "otlp"),
    fallback: "none",
    fallbackText: "none",
    about: `otlp sends ${signal} to the collector`
  }) as const satisfies Setting<"none" | "otlp">

const protocols = oneOf("grpc", "http/protobuf", "http/json")

/** `key=value` pairs with commas between them, percent-encoded, as the variables of OpenTelemetry have them. */
const pairs: Parse<Readonly<Record<string, string>>> = (input) => {
  const read: Record<string, string> = {}
  for (const part of input.split(",").map((it) => it.trim())) {
    if (part === "") continue
    const [, key = "", value = ""] = /^([^=\s]+)\s*=\s*(.*)$/.exec(part) ?? []
    try {
      if (key === "") return { problem: "must be pairs such as key=value,other=value" }
      read[decodeURIComponent(key)] = decodeURIComponent(value)
    } catch {
      return { problem: "has a % that begins no valid percent-encoding" }
    }
  }
  return { value: read }
}

/** Headers about the connection and the message's form: these are the exporter's own, and HTTP/2 refuses most of them. */
const ownHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "grpc-encoding",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade"
])

/** Names that HTTP/2 takes, with values that fit into one header. */
const headers: Parse<Readonly<Record<string, string>>> = (input) => {
  const read = pairs(input)
  if ("problem" in read) return read
  const own = Object.keys(read.value).find((name) => ownHeaders.has(name.toLowerCase()))
  if (own !== undefined)
    return { problem: `must not have the header ${own.toLowerCase()}, which the exporter sets itself` }
  const wrong = Object.entries(read.value).some(
    ([name, value]) => !/^[!#$%&'*+.^_`|~0-9a-zA-Z-]+$/.test(name) || !/^[\x20-\x7e]*$/.test(value)
  )
  return wrong ? { problem: "must be headers such as authorization=Bearer%20token" } : read
}

/** `TRUE` and the like are true, as OpenTelemetry wants it. */
const looseFlag: Parse<boolean> = (input) => flag(input.toLowerCase())

const share: Parse<number> = (input) => {
  const value = Number(input)
  return /^\d(\.\d+)?$/.test(input) && value <= 1 ? { value } : { problem: "must be a number from 0 to 1" }
}

const millis = (name: string, fallback: number, about: string) => ({
  name,
  parse: whole(1, 3_600_000),
  fallback,
  fallbackText: `${fallback}`,
  about: `${about}, in milliseconds`
})

const compression = oneOf("gzip", "none")

const perSignal = <const S extends "TRACES" | "METRICS" | "LOGS">(signal: S) => {
  const what = signal.toLowerCase()
  const prefix = `OTEL_EXPORTER_OTLP_${signal}` as const
  return {
    protocol: {
      name: `${prefix}_PROTOCOL`,
      parse: protocols,
      optional: true,
      about: `protocol for ${what}, if it isn't OTEL_EXPORTER_OTLP_PROTOCOL's`
    },
    endpoint: {
      name: `${prefix}_ENDPOINT`,
      parse: url("http", "https"),
      optional: true,
      about: `where ${what} go, with the path, if it isn't below OTEL_EXPORTER_OTLP_ENDPOINT`
    },
    headers: {
      name: `${prefix}_HEADERS`,
      parse: headers,
      optional: true,
      secret: true,
      about: `headers for ${what}, instead of OTEL_EXPORTER_OTLP_HEADERS`
    },
    timeout: {
      name: `${prefix}_TIMEOUT`,
      parse: whole(1, 3_600_000),
      optional: true,
      about: `OTEL_EXPORTER_OTLP_TIMEOUT for ${what}`
    },
    compression: {
      name: `${prefix}_COMPRESSION`,
      parse: compression,
      optional: true,
      about: `OTEL_EXPORTER_OTLP_COMPRESSION for ${what}`
    }
  } as const satisfies Record<string, Setting<unknown>>
}

const traces = perSignal("TRACES")
const metrics = perSignal("METRICS")
const logs = perSignal("LOGS")

const samplers = oneOf(
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio"
)

/** Read by every process. */
export const telemetry = {
  disabled: {
    name: "OTEL_SDK_DISABLED",
    parse: looseFlag,
    fallback: false,
    fallbackText: "false",
    about: "true: no exporter runs, whatever else is set"
  },
  serviceName: {
    name: "OTEL_SERVICE_NAME",
    parse: nonEmpty,
    optional: true,
    about: "service name in traces, metrics and logs; by default the name of the process"
  },
  resource: {
    name: "OTEL_RESOURCE_ATTRIBUTES",
    parse: pairs,
    optional: true,
    about: "attributes of everything that is sent, such as deployment.environment.name=production"
  },
  tracesExporter: exporter("traces"),
  metricsExporter: exporter("metrics"),
  logsExporter: exporter("logs"),
  endpoint: {
    name: "OTEL_EXPORTER_OTLP_ENDPOINT",
    parse: url("http", "https"),
    optional: true,
    about: "the collector: by default http://127.0.0.1:4318, or http://127.0.0.1:4317 for grpc"
  },
  protocol: {
    name: "OTEL_EXPORTER_OTLP_PROTOCOL",
    parse: protocols,
    fallback: "http/protobuf",
    fallbackText: "http/protobuf",
    about: "how the collector is spoken to: grpc, http/protobuf or http/json"
  },
  headers: {
    name: "OTEL_EXPORTER_OTLP_HEADERS",
    parse: headers,
    optional: true,
    secret: true,
    about: "headers for the collector, such as authorization=Bearer%20token"
  },
  timeout: millis("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, "how long the collector may take for one batch"),
  compression: {
    name: "OTEL_EXPORTER_OTLP_COMPRESSION",
    parse: compression,
    fallback: "none",
    fallbackText: "none",
    about: "gzip compresses batches"
  },
  tracesProtocol: traces.protocol,
  tracesEndpoint: traces.endpoint,
  tracesHeaders: traces.headers,
  tracesTimeout: traces.timeout,
  tracesCompression: traces.compression,
  metricsProtocol: metrics.protocol,
  metricsEndpoint: metrics.endpoint,
  metricsHeaders: metrics.headers,
  metricsTimeout: metrics.timeout,
  metricsCompression: metrics.compression,
  logsProtocol: logs.protocol,
  logsEndpoint: logs.endpoint,
  logsHeaders: logs.headers,
  logsTimeout: logs.timeout,
  logsCompression: logs.compression,
  sampler: {
    name: "OTEL_TRACES_SAMPLER",
    parse: samplers,
    fallback: "parentbased_always_on",
    fallbackText: "parentbased_always_on",
    about: "which traces are recorded: at a gateway never what a client asks for"
  },
  samplerRatio: {
    name: "OTEL_TRACES_SAMPLER_ARG",
    parse: share,
    fallback: 1,
    fallbackText: "1",
    about: "the share of traces that a traceidratio sampler records"
  },
  metricsInterval: millis("OTEL_METRIC_EXPORT_INTERVAL", 60_000, "how often metrics are sent"),
  metricsTemporality: {
    name: "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
    parse: oneOf("cumulative", "delta"),
    fallback: "cumulative",
    fallbackText: "cumulative",
    about: "whether counters and histograms count from the start of the process or from the last batch"
  },
  tracesDelay: millis("OTEL_BSP_SCHEDULE_DELAY", 5_000, "how long spans are collected for a batch"),
  tracesBatch: {
    name: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    parse: whole(1, 10_000),
    fallback: 512,
    fallbackText: "512",
    about: "spans that fill a batch"
  },
  logsDelay: millis("OTEL_BLRP_SCHEDULE_DELAY", 1_000, "how long lines of the log are collected for a batch"),
  logsBatch: {
    name: "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
    parse: whole(1, 10_000),
    fallback: 512,
    fallbackText: "512",
    about: "lines that fill a batch"
  }
} as const satisfies Record<string, Setting<unknown>>

/** The stdout exporters of a process, by the prefix of its variables. */
export const stdoutExporters = <const P extends string>(prefix: P) =>
  ({
    stdoutTraces: {
      name: `${prefix}_OTEL_STDOUT_TRACES_ENABLED`,
      parse: flag,
      fallback: false,
      fallbackText: "false",
      about: "true: every span is a line of the log when it ends"
    },
    stdoutMetrics: {
      name: `${prefix}_OTEL_STDOUT_METRICS_ENABLED`,
      parse: flag,
      fallback: false,
      fallbackText: "false",
      about: "true: all metrics are written to the log every minute"
    }
  }) as const satisfies Record<string, Setting<boolean>>
