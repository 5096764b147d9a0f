/**
 * The HTTP client of Effect's exporters: few batches at once, each with a deadline, tried again a few times.
 *
 * Whatever the collector does, the process goes on: batches beyond the bound are dropped and counted. A batch that can't be
 * sent at all makes the exporter pause for a minute, in which nothing is kept.
 */
import { counter } from "@galaxy/contract/telemetry/instruments"
import { Duration, Effect, Layer, type Scope } from "effect"
import { type HttpBody, HttpClient, HttpClientResponse } from "effect/http"
import * as Outage from "../../logging/Outage.ts"
import type { Outcome, Transport } from "./Transport.ts"

const exports = counter("galaxy.telemetry.exports")

/** Most batches of one signal that are on their way at once. */
const mostAtOnce = 4
const attempts = 3
const firstWaitMs = 1_000

/** What is sent, for the log and the metric. */
export interface ExportOptions {
  readonly signal: "traces" | "metrics" | "logs"
  readonly transport: Transport
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number
}

const bytesOf = (body: HttpBody.HttpBody): { readonly bytes: Uint8Array; readonly contentType: string } =>
  body._tag === "Uint8Array"
    ? { bytes: body.body, contentType: body.contentType }
    : { bytes: new Uint8Array(), contentType: "application/octet-stream" }

/** The transport is closed with the scope. */
export const make = ({
  signal,
  transport,
  timeoutMs
}: ExportOptions): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.gen(function* () {
    yield* Effect.addFinalizer(() => Effect.sync(transport.close))
    const outage = Outage.make({ lost: `${signal} can't be sent`, back: `${signal} are sent again` })
    let atOnce = 0

    const attempt = (body: HttpBody.HttpBody): Effect.Effect<Outcome> => {
      const { bytes, contentType } = bytesOf(body)
      return Effect.promise((abort) =>
        transport.send(bytes, contentType, AbortSignal.any([abort, AbortSignal.timeout(timeoutMs)]))
      )
    }

    const delivered = (body: HttpBody.HttpBody, left: number, waitMs: number): Effect.Effect<Outcome> =>
      Effect.flatMap(attempt(body), (outcome) =>
        outcome.type !== "retry" || left <= 1
          ? Effect.succeed(outcome)
          : Effect.andThen(
              Effect.sleep(Duration.millis(Math.max(waitMs, outcome.afterMs ?? 0))),
              delivered(body, left - 1, waitMs * 2)
            )
      )

    return HttpClient.make((request) => {
      // An error status makes the exporter pause; a batch that is dropped here must not.
      const answered = (status: number) => HttpClientResponse.fromWeb(request, new Response(null, { status }))
      return Effect.suspend(() => {
        if (atOnce >= mostAtOnce) {
          exports(1, signal, "dropped")
          return Effect.as(outage.begun("too many batches wait"), answered(200))
        }
        atOnce++
        return delivered(request.body, attempts, firstWaitMs).pipe(
          Effect.flatMap((outcome) => {
            exports(1, signal, outcome.type === "taken" ? "sent" : "failed")
            return outcome.type === "taken"
              ? Effect.as(outage.over, answered(200))
              : Effect.as(outage.begun(outcome.reason), answered(400))
          }),
          Effect.ensuring(
            Effect.sync(() => {
              atOnce--
            })
          )
        )
      })
    })
  })

/** The client as the service that exporters use. */
export const layer = (options: ExportOptions): Layer.Layer<HttpClient.HttpClient> =>
  Layer.effect(HttpClient.HttpClient, make(options))
