/**
 * Calls to an engine (wire.md, section 4), each bounded in time and in the size of its answer.
 *
 * Answers that the platform acts on are decoded and checked; answers for players are passed on unchanged. An engine
 * isn't trusted: whatever it answers, or fails to, is an error of this one game.
 */
import { EngineStatus, type InitRequest } from "@galaxy/contract/engine/Admin"
import { maxStateFileBytes } from "@galaxy/contract/engine/Limits"
import { Kept } from "@galaxy/contract/engine/Order"
import { StateListing } from "@galaxy/contract/engine/State"
import { histogram } from "@galaxy/contract/telemetry/instruments"
import { Context, Duration, Effect, Exit, Layer, Option, Predicate, Schema } from "effect"
import { FetchHttpClient, HttpBody, HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { type EngineRefused, EngineUnreachable } from "./EngineError.ts"
import { bytesOf, failureOf, jsonOf, unanswered, unreachable } from "./engineAnswers.ts"
import { EngineSettings } from "./EngineSettings.ts"
import type { EngineAccess } from "./EngineHost.ts"
import { timed } from "../shared/Measuring.ts"

/** A JSON object that the platform passes between player and engine without interpreting it. */
export type EngineBody = Readonly<Record<string, unknown>>

type CallError = EngineRefused | EngineUnreachable

/** Whose orders or report to read, and of which turn; the engine's open turn when absent. */
export interface ReportSubject {
  readonly race: string
  readonly turn?: number | undefined
}

/**
 * The engine's REST surface. Every call may fail with `EngineRefused`, the engine's own answer below status 500 with a
 * known code, or with `EngineUnreachable`, for anything else. `init` and `turn` are idempotent and asked again while
 * they wait. An engine that isn't in time with them can be asked again later, and goes on computing until then.
 */
export class EngineClient extends Context.Service<
  EngineClient,
  {
    /** Succeeds if the engine can serve. */
    health(engine: EngineAccess): Effect.Effect<void, CallError>
    /**
     * Succeeds if the engine answers and takes the token, whether it has a galaxy or not. An engine that computes answers
     * nobody.
     */
    probe(engine: EngineAccess): Effect.Effect<void, CallError>
    /** Creates the galaxy, or returns the status of the one created for this game before. */
    init(engine: EngineAccess, request: InitRequest): Effect.Effect<EngineStatus, CallError>
    /** The game after its newest turn. Refused where there is no galaxy. */
    status(engine: EngineAccess): Effect.Effect<EngineStatus, CallError>
    /** The race leaves the game at its next turn; returns the state file that says so. Idempotent. */
    banish(engine: EngineAccess, race: string): Effect.Effect<Option.Option<Kept>, CallError>
    /** The engine plays the race from now on; returns as `banish`. Idempotent; an engine that can't refuses. */
    computer(engine: EngineAccess, race: string): Effect.Effect<Option.Option<Kept>, CallError>
    /** Makes this turn, or returns the status it led to if it has been made. A turn beyond the next one is refused. */
    turn(engine: EngineAccess, turn: number): Effect.Effect<EngineStatus, CallError>
    /** Appends to a race's orders, all or none. */
    command(engine: EngineAccess, body: EngineBody): Effect.Effect<EngineBody, CallError>
    /** Replaces a race's orders; the answer has a verdict for each. */
    order(engine: EngineAccess, body: EngineBody): Effect.Effect<EngineBody, CallError>
    orders(engine: EngineAccess, subject: ReportSubject): Effect.Effect<EngineBody, CallError>
    report(engine: EngineAccess, subject: ReportSubject): Effect.Effect<EngineBody, CallError>
    /**
     * The files of the game's state: of turns from `from` on, or all where the engine can't tell. An engine that doesn't
     * give its state away refuses with `not_found`, as it does in the next three.
     */
    state(engine: EngineAccess, from?: number): Effect.Effect<StateListing, CallError>
    /** One state file, as it is. */
    stateFile(engine: EngineAccess, path: string): Effect.Effect<Uint8Array, CallError>
    /** Gives a file to an engine without a game. Refused where it has one, and for what isn't a file of a state. */
    putState(engine: EngineAccess, path: string, bytes: Uint8Array): Effect.Effect<void, CallError>
    /** The engine goes on with the game whose files it was given, or refuses them. Idempotent. */
    openState(engine: EngineAccess): Effect.Effect<EngineStatus, CallError>
  }
>()("@galaxy/core/engine/EngineClient") {}

const duration = histogram("galaxy.engine.call.duration")

const states = "/api/v1/admin/state"

/** The path of a call as a route: those of state files are the engine's own. */
const routeOf = (url: string): string => {
  const { pathname } = new URL(url)
  return pathname.startsWith(`${states}/`) && pathname !== `${states}/open` ? `${states}/{path}` : pathname
}

const statePath = (path: string) => `${states}/${path.split("/").map(encodeURIComponent).join("/")}`

/** Measures a call by its route. */
const measured = <A, R>(url: string, call: Effect.Effect<A, CallError, R>) =>
  timed(call, (seconds, exit) => {
    const failure = Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Exit.findErrorOption(exit))?._tag
    duration(seconds, routeOf(url), Exit.isSuccess(exit) ? "" : (failure ?? "interrupted"))
  })

const decodeStatus = Schema.decodeUnknownEffect(EngineStatus)
const decodeListing = Schema.decodeUnknownEffect(StateListing)
const decodeKept = Schema.decodeUnknownEffect(Schema.Struct({ kept: Schema.optionalKey(Kept) }))

/** The state file that a write has left behind, from the engine's answer to it. */
export const keptIn = (answer: EngineBody): Effect.Effect<Option.Option<Kept>, EngineUnreachable> =>
  Effect.mapBoth(decodeKept(answer), {
    onFailure: () => unreachable("the answer has no valid state file"),
    onSuccess: ({ kept }) => Option.fromUndefinedOr(kept)
  })

/** Most bytes of an answer that says no more than that a file was taken, or why not. */
const maxShortAnswer = 64 * 1024

/** `EngineClient` over the host's HTTP client. Redirects aren't followed. */
export const layer: Layer.Layer<EngineClient, never, HttpClient.HttpClient | EngineSettings> = Layer.effect(
  EngineClient,
  Effect.gen(function* () {
    const http = yield* HttpClient.HttpClient
    const config = yield* EngineSettings

    const call = (request: HttpClientRequest.HttpClientRequest, timeout = config.callTimeout) =>
      asking(request, timeout, answerOf)

    const answerOf = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
      const body = yield* jsonOf(response, config.maxAnswerBytes)
      if (response.status !== 200) return yield* failureOf(response.status, body)
      return Predicate.isReadonlyObject(body) ? body : yield* unreachable("the answer is not a JSON object")
    })

    const fileOf = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
      return response.status === 200
        ? yield* bytesOf(response, maxStateFileBytes)
        : yield* failureOf(response.status, yield* jsonOf(response, maxShortAnswer))
    })

    const takenOf = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
      if (response.status !== 200 && response.status !== 204) {
        return yield* failureOf(response.status, yield* jsonOf(response, maxShortAnswer))
      }
      yield* bytesOf(response, maxShortAnswer)
    })

    const asking = <A>(
      request: HttpClientRequest.HttpClientRequest,
      timeout: Duration.Input,
      answer: (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<A, CallError>
    ) =>
      Effect.mapError(http.execute(request), unanswered).pipe(
        Effect.flatMap(answer),
        // An engine must not send the platform elsewhere.
        Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () => Effect.fail(new EngineUnreachable({ reason: "no answer in time", overdue: true }))
        }),
        (asked) => measured(request.url, asked)
      )

    const to = (method: "GET" | "POST" | "PUT", { endpoint, token }: EngineAccess, path: string) =>
      HttpClientRequest.make(method)(new URL(path, endpoint)).pipe(HttpClientRequest.bearerToken(token))
    const sent = (method: "POST" | "PUT", engine: EngineAccess, path: string, body: unknown) =>
      to(method, engine, path).pipe(HttpClientRequest.setBody(HttpBody.jsonUnsafe(body)))
    const asked = (engine: EngineAccess, path: string, { race, turn }: ReportSubject) =>
      to("GET", engine, path).pipe(HttpClientRequest.setUrlParams({ race, ...(turn === undefined ? {} : { turn }) }))

    /**
     * For calls that may take the engine long and are idempotent: asks up to three times, side by side, and takes the
     * first outcome. So a connection that swallows the answer costs the time until the next attempt, not the whole
     * timeout.
     */
    const persistently = (request: HttpClientRequest.HttpClientRequest) => {
      const ask = call(request, config.turnTimeout)
      const again = Duration.fromInputUnsafe(config.askAgainAfter)
      const later = Effect.raceFirst(ask, Effect.delay(ask, Duration.times(again, 3)))
      return Effect.raceFirst(ask, Effect.delay(later, again))
    }

    const decoded = (body: EngineBody) =>
      Effect.mapError(decodeStatus(body), () => unreachable("the answer is not a valid game status"))

    const status = (request: HttpClientRequest.HttpClientRequest) => Effect.flatMap(persistently(request), decoded)

    return EngineClient.of({
      health: Effect.fn("EngineClient.health")((engine) =>
        Effect.asVoid(call(to("GET", engine, "/healthz"), config.probeTimeout))
      ),
      probe: Effect.fn("EngineClient.probe")((engine) =>
        Effect.asVoid(call(to("GET", engine, "/api/v1/admin/status"), config.probeTimeout)).pipe(
          // There is no galaxy yet.
          Effect.catchIf(
            (error) => error._tag === "EngineRefused" && error.code === "conflict",
            () => Effect.void
          )
        )
      ),
      init: Effect.fn("EngineClient.init")((engine, request) =>
        status(sent("POST", engine, "/api/v1/admin/init", request))
      ),
      status: Effect.fn("EngineClient.status")((engine) =>
        Effect.flatMap(call(to("GET", engine, "/api/v1/admin/status")), decoded)
      ),
      banish: Effect.fn("EngineClient.banish")((engine, race) =>
        Effect.flatMap(call(sent("POST", engine, "/api/v1/admin/race/banish", { race })), keptIn)
      ),
      computer: Effect.fn("EngineClient.computer")((engine, race) =>
        Effect.flatMap(call(sent("POST", engine, "/api/v1/admin/race/computer", { race })), keptIn)
      ),
      turn: Effect.fn("EngineClient.turn")((engine, turn) =>
        status(sent("POST", engine, "/api/v1/admin/turn", { turn }))
      ),
      command: Effect.fn("EngineClient.command")((engine, body) => call(sent("POST", engine, "/api/v1/command", body))),
      order: Effect.fn("EngineClient.order")((engine, body) => call(sent("PUT", engine, "/api/v1/order", body))),
      orders: Effect.fn("EngineClient.orders")((engine, subject) => call(asked(engine, "/api/v1/order", subject))),
      report: Effect.fn("EngineClient.report")((engine, subject) => call(asked(engine, "/api/v1/report", subject))),
      state: Effect.fn("EngineClient.state")((engine, from) =>
        call(
          to("GET", engine, states).pipe(HttpClientRequest.setUrlParams(from === undefined ? {} : { from })),
          config.turnTimeout
        ).pipe(
          Effect.flatMap((body) =>
            Effect.mapError(decodeListing(body), () => unreachable("the answer is not a valid list of state files"))
          )
        )
      ),
      stateFile: Effect.fn("EngineClient.stateFile")((engine, path) =>
        asking(to("GET", engine, statePath(path)), config.callTimeout, fileOf)
      ),
      putState: Effect.fn("EngineClient.putState")((engine, path, bytes) =>
        asking(
          to("PUT", engine, statePath(path)).pipe(
            HttpClientRequest.setBody(HttpBody.uint8Array(bytes, "application/octet-stream"))
          ),
          config.callTimeout,
          takenOf
        )
      ),
      openState: Effect.fn("EngineClient.openState")((engine) => status(sent("POST", engine, `${states}/open`, {})))
    })
  })
)
