/**
 * One HTTP request to the admin API and its answer, and when it may be sent again.
 *
 * A read is repeated after a failed connection and while the server is unavailable. A mutation is repeated only if no
 * connection came about: then it can't have reached anybody. A proxy that lost the answer counts as no answer.
 */
import { unchangedHeader } from "@galaxy/contract/api/admin/Unchanged"
import { Clock, Effect, Random, Redacted, type Schema } from "effect"
import { BadAnswer, NoAnswer, Refused } from "../failures.ts"
import type { GlobalValues } from "../globals.ts"
import type { HostShape } from "../host/Host.ts"
import type { Connection } from "../context/Connection.ts"
import { safeLine } from "../output/safe.ts"
import { maskedBody, maskedHeader, maskedUrl } from "./mask.ts"

/** A request below the server's address. */
export interface Request {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly body?: Schema.Json | undefined
}

/** An answer of any status, with a body that is JSON or missing. */
export interface Answer {
  readonly status: number
  readonly body: Schema.Json | undefined
  readonly requestId: string
  readonly retryAfter: number | undefined
  /** The server has found nothing to change. */
  readonly unchanged: boolean
}

/** In characters, once decompressed. A page of a list has at most 200 rows, and an export of a player is the longest. */
const longestBody = 64 * 1024 * 1024
const moreTries = 3
const firstPauseMs = 200
const longestRetryAfterS = 60

const unavailable = 503
/** Bad gateway and gateway timeout. */
const lostBehindProxy: ReadonlySet<number> = new Set([502, 504])

const hasError = (body: Schema.Json | undefined): boolean =>
  typeof body === "object" && body !== null && "error" in body

const isRead = (method: string) => method === "GET" || method === "HEAD"

const neverReached = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"])
/** These come while connecting, and from a connection that has carried the request already. */
const unreachable = new Set(["EHOSTUNREACH", "ENETUNREACH"])

/** Code and system call of the innermost failure of a connection. */
const failureOf = (cause: unknown): { readonly code: string; readonly syscall: unknown } => {
  for (let it: unknown = cause, depth = 0; it instanceof Error && depth < 5; it = it.cause, depth++) {
    if (it instanceof AggregateError) {
      const first = it.errors.find((each: unknown) => each instanceof Error && "code" in each)
      if (first !== undefined) return failureOf(first)
    }
    if ("code" in it && typeof it.code === "string") {
      return { code: it.code, syscall: "syscall" in it ? it.syscall : undefined }
    }
  }
  return { code: "", syscall: undefined }
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its host name is unknown",
  EAI_AGAIN: "its host name can't be looked up at present",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  EHOSTUNREACH: "it can't be reached",
  ENETUNREACH: "it can't be reached",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate isn't signed by anybody known",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate isn't signed by anybody known",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate isn't signed by anybody known",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  TOO_LONG: "its answer is longer than 64 MiB"
}

const isCertificate = (code: string) => /CERT|SIGNED|VERIFY/.test(code)

const bounded = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ""
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > longestBody) throw Object.assign(new Error("the answer is too long"), { code: "TOO_LONG" })
  }
  return text + decoder.decode()
}

const parsed = (text: string): Schema.Json | undefined => {
  try {
    return JSON.parse(text) as Schema.Json
  } catch {
    return undefined
  }
}

/** What a request needs of the program around it. */
export interface Around {
  readonly host: HostShape
  readonly globals: Pick<GlobalValues, "timeoutMs" | "verbose" | "trace">
  readonly connection: Connection
  /** Asks once; what it needs is in the request alone. */
  readonly release: string
}

const once = Effect.fnUntraced(function* (around: Around, request: Request, requestId: string) {
  const { host, globals, connection } = around
  const url = connection.server + request.path
  const token = Buffer.from(`${connection.user}:${Redacted.value(connection.password)}`, "utf8").toString("base64")
  const body = request.body === undefined ? undefined : JSON.stringify(request.body)
  const headers: Readonly<Record<string, string>> = {
    authorization: `Basic ${token}`,
    accept: "application/json",
    "user-agent": `galaxy-admin/${around.release}`,
    "x-request-id": requestId,
    "x-galaxy-admin": "cli",
    ...(body === undefined ? {} : { "content-type": "application/json" })
  }
  const tell = (text: string) => host.stderr.write(`${safeLine(text)}\n`)
  if (globals.trace) {
    yield* tell(`> ${request.method} ${maskedUrl(url)}`)
    for (const [name, value] of Object.entries(headers)) yield* tell(`> ${name}: ${maskedHeader(name, value)}`)
    if (body !== undefined) yield* tell(`> ${maskedBody(body)}`)
  }
  const started = yield* Clock.currentTimeMillis
  const noAnswer = (message: string, sent: boolean) =>
    new NoAnswer({
      message: `No answer from ${connection.server}: ${message}.`,
      requestId,
      server: connection.server,
      sent
    })
  const { response, text } = yield* Effect.tryPromise({
    try: async (signal) => {
      const init = { method: request.method, headers, signal, redirect: "manual" as const }
      const answer = await host.fetch(url, body === undefined ? init : { ...init, body })
      return { response: answer, text: await bounded(answer) }
    },
    catch: (cause) => {
      const { code, syscall } = failureOf(cause)
      const unreached =
        neverReached.has(code) || isCertificate(code) || (unreachable.has(code) && syscall === "connect")
      return noAnswer(
        words[code] ?? (code === "" ? "the connection failed" : `the connection failed, ${code}`),
        !unreached
      )
    }
  }).pipe(
    Effect.timeoutOrElse({
      duration: globals.timeoutMs,
      orElse: () => Effect.fail(noAnswer(`none within ${globals.timeoutMs / 1_000} s (--timeout)`, true))
    }),
    Effect.tapError((failure) =>
      globals.verbose || globals.trace
        ? tell(`${globals.trace ? "< " : ""}${request.method} ${maskedUrl(url)} ${failure.message} ${requestId}`)
        : Effect.void
    )
  )
  if (globals.verbose || globals.trace) {
    const ms = (yield* Clock.currentTimeMillis) - started
    yield* tell(
      `${globals.trace ? "< " : ""}${request.method} ${maskedUrl(url)} ${response.status} ${ms} ms ${requestId}`
    )
  }
  if (globals.trace) {
    for (const [name, value] of response.headers) yield* tell(`< ${name}: ${maskedHeader(name, value)}`)
    if (text !== "") yield* tell(`< ${maskedBody(text)}`)
  }
  const json = text === "" ? undefined : parsed(text)
  const type = response.headers.get("content-type") ?? ""
  if (response.status >= 300 && response.status < 400) {
    return yield* new BadAnswer({
      message: `${connection.server} redirects elsewhere, where the password isn't sent. Use the address that it redirects to.`,
      requestId,
      server: connection.server
    })
  }
  const readable = text === "" || (json !== undefined && /json/i.test(type))
  // A proxy has handed the request on and lost the answer; an error of Galaxy's own says so in its body.
  if (lostBehindProxy.has(response.status) && !(readable && hasError(json))) {
    return yield* noAnswer(`a proxy in between got none (status ${response.status})`, true)
  }
  if (!readable && response.ok && !isRead(request.method)) {
    return yield* noAnswer(
      `what came with status ${response.status} can't be read as an answer of Galaxy's admin API`,
      true
    )
  }
  if (!readable && response.status !== unavailable) {
    return yield* new BadAnswer({
      message: `${connection.server} doesn't answer as Galaxy's admin API does (status ${response.status}). Is it the backend's address?`,
      requestId,
      server: connection.server
    })
  }
  const wait = response.headers.get("retry-after")
  const retryAfter = wait !== null && /^\d{1,9}$/.test(wait) ? Number(wait) : undefined
  const unchanged = response.headers.get(unchangedHeader) === "true"
  return {
    status: response.status,
    body: readable ? json : undefined,
    requestId,
    retryAfter,
    unchanged
  } satisfies Answer
})

/** The failure that an answer stands for; undefined for a success. */
export const refusalOf = (answer: Answer, server: string): Refused | undefined => {
  if (answer.status < 400) return undefined
  const error = (answer.body as { readonly error?: Readonly<Record<string, unknown>> } | undefined)?.error ?? {}
  const { code, message, reason } = error
  return new Refused({
    message: typeof message === "string" ? message : `the server answered with status ${answer.status}`,
    code: typeof code === "string" ? code : `status_${answer.status}`,
    ...(typeof reason === "string" ? { reason } : {}),
    requestId: answer.requestId,
    server,
    ...(answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter })
  })
}

/** Sends a request, again where that can't do harm, always under the same request id. */
export const send = (
  around: Around,
  request: Request,
  requestId: string
): Effect.Effect<Answer, NoAnswer | BadAnswer> => {
  const attempt = (left: number, pauseMs: number): Effect.Effect<Answer, NoAnswer | BadAnswer> => {
    const again = (ms: number) =>
      Effect.flatMap(Random.nextBetween(ms / 2, ms), (jittered) =>
        Effect.andThen(Effect.sleep(Math.round(jittered)), attempt(left - 1, pauseMs * 2))
      )
    return once(around, request, requestId).pipe(
      Effect.matchEffect({
        onFailure: (failure) => {
          const harmless = failure._tag === "NoAnswer" && (isRead(request.method) || !failure.sent)
          const passing = failure._tag === "NoAnswer" && !isPermanent(failure.message)
          return left > 0 && harmless && passing ? again(pauseMs) : Effect.fail(failure)
        },
        onSuccess: (answer) => {
          if (answer.status !== unavailable || left === 0 || !isRead(request.method)) return Effect.succeed(answer)
          const { retryAfter = 0 } = answer
          if (retryAfter > longestRetryAfterS) return Effect.succeed(answer)
          return again(Math.max(pauseMs, retryAfter * 2_000))
        }
      })
    )
  }
  return attempt(moreTries, firstPauseMs)
}

/** A wrong certificate, an unknown name and a deadline are the same the next time. */
const isPermanent = (message: string) => /certificate|is unknown|is longer|--timeout/.test(message)
