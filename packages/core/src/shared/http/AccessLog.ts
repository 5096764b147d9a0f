/** The access log: which requests get a line, what it says, and how many at most. */
import { counter } from "@galaxy/contract/telemetry/instruments"
import { Clock, Context, Effect, Layer } from "effect"
import type { HttpServerResponse } from "effect/http"
import { linesPerSecond } from "../linesPerSecond.ts"

/** Lines that weren't written, since there were too many. */
export const suppressed = counter("galaxy.access_log.suppressed")

/** What is told every 10 seconds of lines that weren't written, with their number as `requests`. */
export const leftOutMessage = "lines were left out of the access log, since there were too many"

/** Which requests get a line: none, those that are refused or fail, or all. At the level debug all have one. */
export type AccessLogged = "off" | "refusals" | "all"

/** The choice of the host, and the most lines in a second. */
export interface AccessLogShape {
  readonly which: AccessLogged
  readonly perSecond: number
}

/** Off unless a host says otherwise. `hasRoom` takes the place of a line, if there is one. */
export const AccessLog = Context.Reference<{ readonly which: AccessLogged; readonly hasRoom: () => boolean }>(
  "@galaxy/core/shared/http/AccessLog",
  { defaultValue: () => ({ which: "off", hasRoom: () => false }) }
)

/** With a bound of its own for everything that is built on it. */
export const layer = ({ perSecond, which }: AccessLogShape): Layer.Layer<never> =>
  Layer.effect(
    AccessLog,
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const scope = yield* Effect.scope
      const fork = Effect.runForkWith(yield* Effect.context())
      const hasRoom = linesPerSecond({
        most: perSecond,
        now: () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n),
        after: (millis, act) => void fork(Effect.forkIn(Effect.andThen(Effect.sleep(millis), Effect.sync(act)), scope)),
        leftOut: (requests) => void fork(Effect.annotateLogs(Effect.logInfo(leftOutMessage), { requests }))
      })
      return { which, hasRoom }
    })
  )

const utf8 = new TextDecoder()

/** The code of an error answer, which says why a request was refused. */
export const codeOf = ({ body, status }: HttpServerResponse.HttpServerResponse): string | undefined => {
  if (status < 400 || body._tag !== "Uint8Array") return undefined
  return /^\{"error":\{"code":"([a-z_]+)"/.exec(utf8.decode(body.body.subarray(0, 80)))?.[1]
}

/** The bytes of the answer's body, where they are known before it is sent. */
export const sizeOf = ({ body }: HttpServerResponse.HttpServerResponse): { readonly bytes?: number } =>
  body._tag === "Uint8Array" ? { bytes: body.body.length } : {}

/** Writes the line of an answered request, with the annotations that it stands in. */
export const logged = (response: HttpServerResponse.HttpServerResponse): Effect.Effect<void> =>
  Effect.flatMap(AccessLog, ({ hasRoom, which }) => {
    if (which === "off" || (which === "refusals" && response.status < 400)) return Effect.logDebug("request")
    if (hasRoom()) return Effect.logInfo("request")
    suppressed(1)
    return Effect.logDebug("request")
  })
