/**
 * The engine as a process: serves one game from one folder until it is told to end.
 *
 * Standard output carries one JSON line, `{"event":"listening",…}`, once requests are answered. Whatever keeps it from
 * serving is reported on standard error. Exit codes: 0 for a requested end, 1 when another attempt may succeed, 2 when
 * it can't: wrong settings, or a state folder that somebody has to look at.
 */
import type { Server } from "node:http"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodePath from "@effect/platform-node/NodePath"
import { Engine } from "@galaxy/engine/host/Engine"
import { routes } from "@galaxy/engine/host/EngineHttp"
import { StateBroken } from "@galaxy/engine/host/StateError"
import * as StateStore from "@galaxy/engine/host/StateStore"
import { Cause, Effect, Exit, Layer, Schedule } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import { hostsOf } from "../http/hosts.ts"
import { createListener } from "../http/Listener.ts"
import * as JsonLog from "../logging/JsonLog.ts"
import * as NodeFolderLocks from "./NodeFolderLocks.ts"
import * as NodeSha256 from "./NodeSha256.ts"
import { type EngineProgramSettings, readSettings } from "./settings.ts"

const fail = (line: string): void => {
  process.stderr.write(`galaxy-engine: ${line}\n`)
}

/** Running calls get this long to end, in milliseconds; what they wrote is safe at any moment. */
const graceMs = 400
const lastMs = 900

/** What the environment asks for. Modules for it are loaded only then, since engines start often. */
const telemetryIn = (environment: Readonly<Record<string, string | undefined>>) => async () => {
  const isAsked = ["TRACES", "METRICS", "LOGS"].some((it) => environment[`OTEL_${it}_EXPORTER`] === "otlp")
  if (!isAsked) return Layer.empty
  const [telemetry, { load }, settings] = await Promise.all([
    import("../processes/telemetry.ts"),
    import("../config/load.ts"),
    import("../config/telemetry.ts")
  ])
  const values = load(settings.telemetry, environment, new Set())
  // An engine by itself serves its game rather than not to start for this.
  return "problems" in values
    ? Layer.effectDiscard(Effect.logWarning(`no telemetry: ${values.message}`))
    : telemetry.layer({ settings: values, process: "galaxy-engine" })
}

const program = (settings: EngineProgramSettings, listener: Server) => {
  const server = NodeHttpServer.layer(() => listener, {
    host: settings.host,
    port: settings.port,
    gracefulShutdownTimeout: graceMs
  })
  const engine = Engine.layer.pipe(
    Layer.provideMerge(StateStore.layer(settings.stateDir)),
    Layer.provide([NodeFileSystem.layer, NodePath.layer, NodeFolderLocks.layer, NodeSha256.layer])
  )
  const running = HttpRouter.serve(routes(settings), { disableLogger: true, disableListenLog: true }).pipe(
    // The folder comes first: nothing is listened on for a game that can't be served.
    Layer.provideMerge(server),
    Layer.provideMerge(engine),
    Layer.provide(Layer.unwrap(Effect.promise(telemetryIn(process.env)))),
    Layer.provideMerge(JsonLog.layer({ level: "info", target: { stream: process.stderr } }))
  )
  return Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    const store = yield* StateStore.StateStore
    const port = "port" in address ? address.port : settings.port
    process.stdout.write(`${JSON.stringify({ event: "listening", port, version: settings.version })}\n`)
    // If another engine has taken the folder, it serves the game now; two that answer for one game would be worse than
    // none.
    return yield* Effect.catchTag(store.held, "StateUnavailable", (error) => Effect.logWarning(error.message)).pipe(
      Effect.repeat(Schedule.spaced("2 seconds"))
    )
  }).pipe(Effect.provide(running))
}

/** The message of an error, or of the first of its causes that has one. */
const sentence = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.message === "" && error.cause !== undefined ? sentence(error.cause) : error.message || error.name
}

/** The last word of a run, and its exit code. */
const conclude = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return 0
  const error = Cause.squash(exit.cause)
  fail(sentence(error))
  return error instanceof StateBroken ? 2 : 1
}

const start = (settings: EngineProgramSettings): void => {
  // Checked often enough that slow requests end near their timeout.
  const listener = createListener(
    { requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    { hosts: hostsOf(settings.host, settings.allowedHosts), sameSiteWrites: true }
  )
  const fiber = Effect.runFork(program(settings, listener))
  const stop = (): void => {
    setTimeout(() => listener.closeAllConnections(), graceMs).unref()
    setTimeout(() => process.exit(0), lastMs).unref()
    fiber.interruptUnsafe()
  }
  fiber.addObserver((exit) => process.exit(conclude(exit)))
  process.on("SIGTERM", stop)
  // A terminal interrupts whole groups of processes; a child's end is its parent's decision.
  process.on("SIGINT", settings.exitWithParent ? () => undefined : stop)
  // A parent that is gone reads nothing; its end shows on standard input.
  process.stdout.on("error", () => undefined)
  process.stderr.on("error", () => undefined)
  if (settings.exitWithParent) process.stdin.on("error", stop).on("close", stop).on("end", stop).resume()
}

const settings = readSettings(process.env)
// Processes started by this one must not inherit it.
delete process.env["GALAXY_ENGINE_TOKEN"]
if ("stateDir" in settings) start(settings)
else {
  for (const problem of settings) fail(problem)
  process.exitCode = 2
}
