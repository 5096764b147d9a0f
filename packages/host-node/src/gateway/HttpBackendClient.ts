/** The backend over REST: the gateway's calls with the headers that only it may set. */
import type { LookupAddress } from "node:dns"
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { runIn } from "@galaxy/edge/Awaitable"
import { type BackendAnswer, BackendClient, type ForwardRequest } from "@galaxy/edge/BackendClient"
import * as Lanes from "@galaxy/edge/Lanes"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import { Effect, Layer, Redacted, type Scope } from "effect"
import { Pool } from "undici"
import * as Outage from "../logging/Outage.ts"
import * as Deadlines from "../net/Deadlines.ts"
import { endAgent } from "../net/endAgent.ts"
import { always, lookupWithin, type LookupWithin } from "../net/lookup.ts"
import { exchange, type Sent, Unanswered } from "./backend/Exchange.ts"
import { watched } from "./observed/backend.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import { type Call, calls, commandOf } from "./backendCalls.ts"

/** Where the backend is and how long it may take; 10 s per call by default. */
export interface HttpBackendOptions {
  /** Origin of the backend, as `http://127.0.0.1:8081`. */
  readonly url: string
  /** The address to connect to, of several that the host's name has; absent where any of them will do. */
  readonly address?: LookupAddress | undefined
  /** What looks the host's name up for each connection. */
  readonly lookup?: LookupWithin | undefined
  /** How the log calls it; absent where there is only one backend. */
  readonly name?: string | undefined
  readonly token?: Redacted.Redacted | undefined
  /** Milliseconds for one call. */
  readonly timeoutMs?: number | undefined
}

/** Longest time to look up the backend's address and to connect. */
const connectTimeoutMs = 2_000
/** A report of a large game has some hundred kilobytes; no honest answer is larger than this. */
const maxAnswerBytes = 16 * 1_048_576

const jsonType = ["content-type", "application/json"]

/** For commands and public calls: as many as may be made at once (`Lanes`), so that none queues here. */
const callConnections = Lanes.defaults.places
/** For lookups of sessions alone: they don't queue behind slow calls, nor calls behind them. */
const lookupConnections = 16
/** The same for histories of events, and for probes. */
const historyConnections = 32
const probeConnections = 2

const unavailable = ({ fate }: Unanswered) => new BackendUnavailable(fate === undefined ? {} : { fate })

/** A client, and whether its backend has said that its connections end. */
export interface HttpBackend {
  readonly client: BackendClient["Service"]
  readonly isLeaving: () => boolean
}

/**
 * A pool of at most 64 connections, and others for lookups of sessions, histories and probes, closed with the scope. Never
 * fails, but for a URL that isn't one, which is a defect; each outage of the backend is logged once.
 */
export const make = (options: HttpBackendOptions): Effect.Effect<HttpBackend, never, Scope.Scope> =>
  Effect.gen(function* () {
    const timeoutMs = options.timeoutMs ?? 10_000
    const { origin } = new URL(options.url)
    const lookup =
      options.address === undefined ? (options.lookup ?? lookupWithin)(connectTimeoutMs) : always(options.address)
    const pool = (connections: number) =>
      Effect.acquireRelease(
        Effect.sync(
          () =>
            new Pool(origin, {
              connections,
              pipelining: 1,
              keepAliveTimeout: 4_000,
              headersTimeout: timeoutMs,
              bodyTimeout: timeoutMs,
              maxResponseSize: maxAnswerBytes,
              connect: {
                timeout: connectTimeoutMs,
                lookup,
                keepAlive: true,
                keepAliveInitialDelay: 5_000
              }
            })
        ),
        (it) => Effect.promise(() => endAgent(it))
      )
    const usual = yield* pool(callConnections)
    const [lookups, histories, probes] = yield* Effect.all([
      pool(lookupConnections),
      pool(historyConnections),
      pool(probeConnections)
    ])
    const outage = Outage.make({ lost: "the backend is lost", back: "the backend is back" })
    const named = options.name === undefined ? {} : { backend: options.name }
    let isLeaving = false
    const leaving = () => {
      isLeaving = true
    }
    const own = options.token === undefined ? [] : [gatewayTokenHeader, Redacted.value(options.token)]

    // Each part of an answer has its timeout; this one is for answers that trickle in.
    const longestMs = timeoutMs + 1_000
    const deadlines = Deadlines.make(longestMs)
    const tooLong = () => new Error(`no whole answer came within ${longestMs} ms`)

    const sentOf = ({ method, path, body, headers = [] }: Call): Sent =>
      body === undefined
        ? { method, path, headers: [...headers, ...own], body: null }
        : { method, path, headers: [...headers, ...own, ...jsonType], body: JSON.stringify(body) }

    const watch = watched(yield* Telemetry)

    /** Resolves with the answer, or with why there is none; rejects with the signal's reason. */
    const inTime = (call: Call, dispatcher: Pool, signal?: AbortSignal): Promise<BackendAnswer | Unanswered> => {
      if (watch === undefined) return unwatched(call, dispatcher, signal)
      const sent = watch(call)
      return unwatched(sent.call, dispatcher, signal).then(
        (outcome) => {
          sent.ended(outcome)
          return outcome
        },
        (cause: unknown) => {
          sent.ended(new Unanswered("it was given up"))
          throw cause
        }
      )
    }

    const unwatched = async (
      call: Call,
      dispatcher: Pool,
      signal?: AbortSignal
    ): Promise<BackendAnswer | Unanswered> => {
      signal?.throwIfAborted()
      const answer = await exchange(
        dispatcher,
        sentOf(call),
        (giveUp) => {
          const forgetDeadline = deadlines.begin(() => giveUp(tooLong()))
          const onAbort = () => giveUp(signal?.reason as Error)
          signal?.addEventListener("abort", onAbort)
          return () => {
            forgetDeadline()
            signal?.removeEventListener("abort", onAbort)
          }
        },
        leaving
      )
      signal?.throwIfAborted()
      return answer
    }

    const send = (call: Call, dispatcher = usual): Effect.Effect<BackendAnswer, BackendUnavailable> =>
      Effect.flatMap(
        Effect.promise((signal) => inTime(call, dispatcher, signal)),
        (answer) => {
          if (answer instanceof Unanswered)
            return Effect.andThen(
              Effect.annotateLogs(outage.begun(answer.message), named),
              Effect.fail(unavailable(answer))
            )
          return outage.isOn() ? Effect.as(Effect.annotateLogs(outage.over, named), answer) : Effect.succeed(answer)
        }
      )

    const run = runIn(yield* Effect.context())
    /** A line of the log that a command gives rise to. */
    const say = (line: Effect.Effect<void>, { requestId }: ForwardRequest) =>
      run(Effect.annotateLogs(line, { request_id: requestId, ...named }))

    const forward = async (command: ForwardRequest, signal?: AbortSignal) => {
      const answer = await inTime(commandOf(command), usual, signal)
      if (answer instanceof Unanswered) {
        await say(outage.begun(answer.message), command)
        return unavailable(answer)
      }
      if (outage.isOn()) await say(outage.over, command)
      return answer
    }

    /** It stays for as long as its probes say that their connections go on. */
    const probe = (call: Call) =>
      Effect.suspend(() => {
        isLeaving = false
        return send(call, probes)
      })

    const client = calls(send, forward, {
      lookUp: (call) => send(call, lookups),
      history: (call) => send(call, histories),
      probe
    })
    return { client, isLeaving: () => isLeaving }
  })

/** The client of the only backend. */
export const layer = (options: HttpBackendOptions): Layer.Layer<BackendClient> =>
  Layer.effect(
    BackendClient,
    Effect.map(make(options), ({ client }) => client)
  )
