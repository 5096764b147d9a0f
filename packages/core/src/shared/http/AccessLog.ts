/** The access log, lines of requests: which are written, what they say, and how many at most. */
import { Clock, Context, Effect } from "effect"
import type { HttpServerResponse } from "effect/http"

/** Which requests get a line: none, those that are refused or fail, or all. At the level debug all have one. */
export type AccessLogged = "off" | "refusals" | "all"

/** The choice of the host, and the most lines in a second. */
export interface AccessLogShape {
  readonly which: AccessLogged
  readonly perSecond: number
}

/** Off unless a host says otherwise. */
export const AccessLog = Context.Reference<AccessLogShape>("@galaxy/core/shared/http/AccessLog", {
  defaultValue: () => ({ which: "off", perSecond: 50 })
})

const utf8 = new TextDecoder()

/** The code of an error answer, which says why a request was refused. */
export const codeOf = ({ body, status }: HttpServerResponse.HttpServerResponse): string | undefined => {
  if (status < 400 || body._tag !== "Uint8Array") return undefined
  return /^\{"error":\{"code":"([a-z_]+)"/.exec(utf8.decode(body.body.subarray(0, 80)))?.[1]
}

/** The bytes of the answer's body, where they are known before it is sent. */
export const sizeOf = ({ body }: HttpServerResponse.HttpServerResponse): { readonly bytes?: number } =>
  body._tag === "Uint8Array" ? { bytes: body.body.length } : {}

/** Counts lines, so that nobody fills the disk by calling often. */
const linesLeft = () => {
  let second = 0
  let written = 0
  return (perSecond: number, nowMs: number): boolean => {
    const now = Math.floor(nowMs / 1_000)
    if (now !== second) {
      second = now
      written = 0
    }
    return ++written <= perSecond
  }
}

const hasRoom = linesLeft()

/** Writes the line of an answered request, with the annotations that it stands in. */
export const logged = (response: HttpServerResponse.HttpServerResponse): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { perSecond, which } = yield* AccessLog
    const wanted = which === "all" || (which === "refusals" && response.status >= 400)
    yield* wanted && hasRoom(perSecond, yield* Clock.currentTimeMillis)
      ? Effect.logInfo("request")
      : Effect.logDebug("request")
  })
