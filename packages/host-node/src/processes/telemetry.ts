/**
 * Traces, metrics and logs of a process by OpenTelemetry's standard variables, its stdout exporters, and its listener for
 * Prometheus. Nothing leaves the process, and nothing is measured on its hot paths, unless somebody is to read it.
 */
import { randomUUID } from "node:crypto"
import { release } from "@galaxy/contract/release"
import { Measuring } from "@galaxy/core/shared/Measuring"
import { Effect, Layer, Tracer } from "effect"
import { HttpBody, UrlParams } from "effect/http"
import { OtlpExporter, type OtlpLogger, OtlpMetrics, OtlpSerialization, type OtlpTracer } from "effect/observability"
import type { Values } from "../config/load.ts"
import type { Address } from "../config/Setting.ts"
import type * as settings from "../config/telemetry.ts"
import * as AdminListener from "../telemetry/AdminListener.ts"
import * as Collecting from "../telemetry/collecting.ts"
import * as ExportClient from "../telemetry/otlp/ExportClient.ts"
import { encodeLogs } from "../telemetry/otlp/encodeLogs.ts"
import { encodeTraces } from "../telemetry/otlp/encodeTraces.ts"
import { overGrpc } from "../telemetry/otlp/grpc.ts"
import * as logExporter from "../telemetry/otlp/logExporter.ts"
import * as scrub from "../telemetry/otlp/scrub.ts"
import * as spanExporter from "../telemetry/otlp/spanExporter.ts"
import { overHttp } from "../telemetry/otlp/Transport.ts"
import * as prometheus from "../telemetry/prometheus.ts"
import { sampled, samplerOf } from "../telemetry/Sampler.ts"
import * as stdout from "../telemetry/stdout.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"

type Settings = Values<typeof settings.telemetry>
type Signal = "traces" | "metrics" | "logs"

/** Query parameters that say who somebody is, or that prove it: spans show that they were there, not their values. */
const unnamed = Layer.succeed(UrlParams.CurrentRedactedNames, ["email", "display_name", "user_name", "token", "code"])

/** How long each signal may take to send what it has when the process ends. */
const lastMs = 1_000
const connectMs = 3_000

/** What a process exports besides the standard variables. */
export interface TelemetryOptions {
  readonly settings: Settings
  /** The service name, unless the settings have one. */
  readonly process: string
  readonly stdoutTraces?: boolean | undefined
  readonly stdoutMetrics?: boolean | undefined
  /** Another listener of the process serves the metrics. */
  readonly isServed?: boolean | undefined
  /** Where Prometheus reads; none where it is empty. */
  readonly admin?: ReadonlyArray<Address | undefined> | undefined
  /** Further processes whose metrics are read there, too. */
  readonly others?: AdminListener.Others | undefined
  /** Answers the question of another process for the metrics of this one; returns how to stop. */
  readonly answers?: ((read: () => string) => () => void) | undefined
}

const resourceOf = ({ settings, process }: TelemetryOptions) => {
  const { "service.name": named, ...attributes } = settings.resource ?? {}
  return {
    serviceName: settings.serviceName ?? named ?? process,
    attributes: {
      "service.namespace": "galaxy",
      "service.instance.id": randomUUID(),
      "service.version": release,
      ...attributes
    }
  }
}

const signals = { traces: "trace", metrics: "metrics", logs: "logs" } as const

const protobufOf = (bytes: Buffer) => HttpBody.uint8Array(bytes, "application/x-protobuf")

/** Effect's encoding, with a faster one for spans and lines. */
const protobuf = Layer.effect(
  OtlpSerialization.OtlpSerialization,
  Effect.map(OtlpSerialization.OtlpSerialization, (base) => ({
    ...base,
    traces: (data: OtlpTracer.TraceData) => protobufOf(encodeTraces(data)),
    logs: (data: OtlpLogger.LogsData) => protobufOf(encodeLogs(data))
  }))
).pipe(Layer.provide(OtlpSerialization.layerProtobuf))

/** The encoding and the way of a signal. */
const way = (settings: Settings, signal: Signal) => {
  const protocol = settings[`${signal}Protocol`] ?? settings.protocol
  const isGrpc = protocol === "grpc"
  const base = settings.endpoint ?? `http://127.0.0.1:${isGrpc ? 4317 : 4318}`
  // An endpoint of its own is taken as it stands.
  const url = settings[`${signal}Endpoint`] ?? (isGrpc ? base : `${base.replace(/\/$/, "")}/v1/${signal}`)
  const options = {
    url,
    headers: settings[`${signal}Headers`] ?? settings.headers ?? {},
    gzip: (settings[`${signal}Compression`] ?? settings.compression) === "gzip",
    connectMs
  }
  const transport = () => (isGrpc ? overGrpc(signals[signal], options) : overHttp(options))
  const client = Layer.unwrap(
    Effect.sync(() =>
      ExportClient.layer({
        signal,
        transport: transport(),
        timeoutMs: settings[`${signal}Timeout`] ?? settings.timeout
      })
    )
  )
  const encoding = protocol === "http/json" ? OtlpSerialization.layerJson : protobuf
  return { url, layer: Layer.mergeAll(client, scrub.layer(encoding), OtlpExporter.layerFlusher) }
}

/** The tracer that spans go to, or undefined where nobody reads them. */
const tracerOf = (options: TelemetryOptions, resource: ReturnType<typeof resourceOf>) =>
  Effect.gen(function* () {
    const { settings } = options
    const isSent = settings.tracesExporter === "otlp" && !settings.disabled
    if (!isSent && options.stdoutTraces !== true) return undefined
    const to = way(settings, "traces")
    const base = isSent
      ? yield* Effect.provideContext(
          spanExporter.make({
            url: to.url,
            resource,
            everyMs: settings.tracesDelay,
            maxBatch: settings.tracesBatch,
            lastMs
          }),
          yield* Layer.build(to.layer)
        )
      : Tracer.make({ span: (span) => new Tracer.NativeSpan(span) })
    const seen = options.stdoutTraces === true ? yield* stdout.traced(base) : base
    return sampled(seen, samplerOf(settings.sampler, settings.samplerRatio))
  })

/** Answers for as long as the scope is open. */
const answering = (answers: NonNullable<TelemetryOptions["answers"]>, about: Readonly<Record<string, string>>) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { collect } = yield* Collecting.Collecting
      const read = () => {
        collect()
        return prometheus.text(about)
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => answers(read)),
        (stop) => Effect.sync(stop)
      )
    })
  )

/**
 * Never fails but with `AdminListenerUnavailable`. Belongs directly above the process's log, which its lines go to and whose
 * lines it sends.
 */
export const layer = (options: TelemetryOptions) => {
  const { settings } = options
  const resource = resourceOf(options)
  const sends = (signal: Signal) => settings[`${signal}Exporter`] === "otlp" && !settings.disabled
  const admin = (options.admin ?? []).filter((it) => it !== undefined)
  const { answers } = options
  const metrics =
    options.isServed === true ||
    sends("metrics") ||
    admin.length > 0 ||
    options.stdoutMetrics === true ||
    answers !== undefined
  const traces = Layer.unwrap(
    Effect.map(tracerOf(options, resource), (tracer) =>
      Layer.mergeAll(
        Layer.succeed(Telemetry, { metrics, tracer }),
        Layer.succeed(Measuring, metrics),
        tracer === undefined ? Layer.empty : Layer.succeed(Tracer.Tracer, tracer)
      )
    )
  )
  const to = { metrics: way(settings, "metrics"), logs: way(settings, "logs") }
  const about = { service_name: resource.serviceName, ...resource.attributes }
  const parts = [
    ...(sends("metrics")
      ? [
          OtlpMetrics.layer({
            url: to.metrics.url,
            resource,
            exportInterval: settings.metricsInterval,
            temporality: settings.metricsTemporality,
            shutdownTimeout: lastMs
          }).pipe(Layer.provide(to.metrics.layer))
        ]
      : []),
    ...(sends("logs")
      ? [
          logExporter
            .layer({
              url: to.logs.url,
              resource,
              everyMs: settings.logsDelay,
              maxBatch: settings.logsBatch,
              lastMs
            })
            .pipe(Layer.provide(to.logs.layer))
        ]
      : []),
    ...(options.stdoutMetrics === true ? [stdout.metrics] : []),
    ...admin.map((address) => AdminListener.layer(address, about, options.others)),
    ...(answers === undefined ? [] : [answering(answers, about)])
  ]
  const [first, ...rest] = parts
  const read = first === undefined ? Layer.empty : Layer.mergeAll(first, ...rest)
  const collected = metrics ? Layer.provideMerge(read, Collecting.layer) : read
  return Layer.mergeAll(unnamed, traces, collected)
}
