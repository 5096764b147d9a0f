/**
 * The gateway's REST routes: signing in, stopping mails, what a client must know about the gateway, and probes.
 *
 * They are open to anybody and therefore strict: small bodies, JSON only, a budget per address and, within each
 * network, per identity. Headers that the backend trusts are made here and never taken from the client.
 */
import { normalForm } from "@galaxy/contract/api/EmailAddress"
import { type GatewayInfo, gatewayInfoPath } from "@galaxy/contract/api/GatewayInfo"
import { unsubscribePath } from "@galaxy/contract/api/PublicMail"
import { isRouteNotFound } from "@galaxy/contract/api/isRouteNotFound"
import { protocolVersion } from "@galaxy/contract/signing/SigningInput"
import { Clock, Effect, Layer, Option } from "effect"
import { Base64 } from "effect/encoding"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { network } from "./address.ts"
import { toEffect } from "./Awaitable.ts"
import { BackendClient } from "./BackendClient.ts"
import { type BudgetKind, Budgets } from "./Budgets.ts"
import { EdgeCrypto } from "./EdgeCrypto.ts"
import { EdgeSettings } from "./EdgeSettings.ts"
import { PeerOf } from "./PeerOf.ts"
import { Readiness } from "./Readiness.ts"
import { error, projected, retryAfter, unavailable } from "./publicAnswer.ts"
import { type BackendUnavailable, RateLimited } from "./Refusal.ts"
import * as Page from "./unsubscribePage.ts"

const maxBodyBytes = 16 * 1024

const utf8 = new TextEncoder()

/** A used-up budget, or a backend that can't be reached. */
const refused = (refusal: RateLimited | BackendUnavailable) =>
  Effect.succeed(
    refusal instanceof RateLimited
      ? error("rate_limited", "too many requests", retryAfter(refusal.retryAfterMs))
      : unavailable(refusal.retryAfterMs)
  )

/** The body field that identifies who signs in, for the budget per identity. */
const routes = {
  "/api/v1/public/auth/send-email-code": "email",
  "/api/v1/public/auth/confirm-email-code": "challenge_id"
} as const

type Path = keyof typeof routes

const isJson = (request: HttpServerRequest.HttpServerRequest) =>
  /^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")

/** Limits are checked before a byte of the body is parsed. */
const readBody = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
  if (!isJson(request)) {
    return { refused: error("unsupported_media_type", "the body must have content-type application/json") }
  }
  const tooLarge = { refused: error("payload_too_large", `the body must have at most ${maxBodyBytes} bytes`) }
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) return tooLarge
  const text = yield* Effect.option(request.text)
  if (Option.isNone(text)) return tooLarge
  if (utf8.encode(text.value).length > maxBodyBytes) return tooLarge
  try {
    return { json: JSON.parse(text.value) as unknown }
  } catch {
    return { refused: error("invalid_request", "the body is not valid JSON") }
  }
})

const identityOf = (json: unknown, field: string): string => {
  const value = typeof json === "object" && json !== null ? (json as Record<string, unknown>)[field] : undefined
  if (typeof value !== "string") return ""
  const text = value.trim().slice(0, 254)
  return normalForm(text) ?? text.toLowerCase()
}

/** The token of an unsubscribe link: everything but its form is for the backend to judge. */
const tokenOf = (request: HttpServerRequest.HttpServerRequest): string | undefined => {
  const token = new URLSearchParams(request.url.split("?")[1] ?? "").get("token")
  return token !== null && /^[\w-]{1,512}$/.test(token) ? token : undefined
}

/** The answer as a page for browsers, else as it is. */
const shown = (request: HttpServerRequest.HttpServerRequest, answer: HttpServerResponse.HttpServerResponse) => {
  if (!Page.wantsPage(request.headers["accept"])) return answer
  const wait = answer.headers["retry-after"]
  const page = Page.outcome(request.headers["accept-language"], answer.status)
  return wait === undefined ? page : HttpServerResponse.setHeader(page, "retry-after", wait)
}

/**
 * Stops mails of a kind: what a mail program sends to the address in `List-Unsubscribe`, with a body of its own that is
 * ignored, and what the button of the page behind the same address sends.
 */
const unsubscribe = HttpRouter.add(
  "POST",
  unsubscribePath,
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const backend = yield* BackendClient
    const budgets = yield* Budgets
    const peer = (yield* PeerOf)(request)
    const requestId = globalThis.crypto.randomUUID()
    const handle = Effect.gen(function* () {
      if (peer.exempt !== true) yield* toEffect(() => budgets.take("publicIp", network(peer.ip)))
      const token = tokenOf(request)
      if (token === undefined) return error("invalid_request", "token must be that of an unsubscribe link from a mail")
      const answer = yield* backend.public({
        path: `${unsubscribePath}?token=${token}`,
        body: undefined,
        acceptLanguage: undefined,
        sourceIp: peer.ip,
        requestId,
        traceparent: request.headers["traceparent"] ?? ""
      })
      return yield* projected(answer)
    })
    return yield* handle.pipe(
      Effect.catch(refused),
      Effect.map((answer) => HttpServerResponse.setHeader(shown(request, answer), "x-request-id", requestId)),
      Effect.annotateLogs({ request_id: requestId })
    )
  })
)

const unsubscribeForm = HttpRouter.add(
  "GET",
  unsubscribePath,
  Effect.map(HttpServerRequest.HttpServerRequest, (request) => Page.ask(request.headers["accept-language"]))
)

const auth = (path: Path) =>
  HttpRouter.add(
    "POST",
    path,
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const backend = yield* BackendClient
      const budgets = yield* Budgets
      const crypto = yield* EdgeCrypto
      const peer = (yield* PeerOf)(request)
      const requestId = globalThis.crypto.randomUUID()
      const take = (kind: BudgetKind, key: string) => toEffect(() => budgets.take(kind, key))

      const handle = Effect.gen(function* () {
        if (peer.exempt !== true) yield* take("publicIp", network(peer.ip))
        const body = yield* readBody(request)
        if (body.refused !== undefined) return body.refused
        // Memory holds hashes only, so that a dump of the process reveals no e-mail addresses.
        const identity = yield* toEffect(() => crypto.sha256(utf8.encode(identityOf(body.json, routes[path]))))
        // Counted per network: nobody can use up what an address or a challenge has left for its owner elsewhere.
        yield* take("publicIdentity", `${path}:${network(peer.ip)}:${Base64.encode(identity)}`)
        const answer = yield* backend.public({
          path,
          body: body.json,
          acceptLanguage: request.headers["accept-language"]?.slice(0, 1_024),
          sourceIp: peer.ip,
          requestId,
          traceparent: request.headers["traceparent"] ?? ""
        })
        return yield* projected(answer)
      })

      return yield* handle.pipe(
        Effect.catch(refused),
        Effect.map(HttpServerResponse.setHeader("x-request-id", requestId)),
        Effect.annotateLogs({ request_id: requestId })
      )
    })
  )

const gatewayInfo = HttpRouter.add(
  "GET",
  gatewayInfoPath,
  Effect.gen(function* () {
    const crypto = yield* EdgeCrypto
    const settings = yield* EdgeSettings
    const now = Math.floor(yield* Clock.currentTimeMillis)
    const endorsed = settings.endorsedKeys.filter((it) => now < it.expires_at_ms)
    const info: typeof GatewayInfo.Encoded = {
      protocol_version: protocolVersion,
      signing_public_key: Base64.encode(crypto.publicKey),
      ...(endorsed.length === 0 ? {} : { signing_keys: endorsed }),
      freshness_past_ms: settings.freshnessPastMs,
      freshness_future_ms: settings.freshnessFutureMs,
      server_time_ms: now
    }
    return HttpServerResponse.jsonUnsafe(info)
  })
)

const healthz = HttpRouter.add("GET", "/healthz", HttpServerResponse.jsonUnsafe({ status: "ok" }))

/** Whether this gateway takes requests; the states of the backends are shown beside it, without their addresses. */
const readyz = Layer.unwrap(
  Effect.gen(function* () {
    const readiness = yield* Readiness
    return HttpRouter.add(
      "GET",
      "/readyz",
      Effect.map(readiness.state, ({ backend, backends, isEnding, why }) => {
        if (isEnding) return HttpServerResponse.jsonUnsafe({ status: "shutting_down", missing: [] }, { status: 503 })
        return why === undefined
          ? HttpServerResponse.jsonUnsafe({ status: "ready", missing: [], backend, backends })
          : HttpServerResponse.jsonUnsafe(
              { status: "unavailable", missing: ["replay_store"], why: { replay_store: why }, backend, backends },
              { status: 503 }
            )
      })
    )
  })
)

const [post, get] = [["POST"], ["GET", "HEAD"]]

/** Every path that there is, exactly as it is written, and the methods of each. */
const methods: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["/api/v1/public/auth/send-email-code", post],
  ["/api/v1/public/auth/confirm-email-code", post],
  [unsubscribePath, [...get, ...post]],
  [gatewayInfoPath, get],
  ["/healthz", get],
  ["/readyz", get]
])

/** The paths of these routes. */
export const paths: ReadonlyArray<string> = [...methods.keys()]

const noRoute = error("not_found", "there is no such route")

/** Lets nothing but exact paths and methods through: the router takes other spellings of a path for the same. */
const allowed = <E, R>(routed: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
    const known = methods.get(request.url.split("?", 1)[0] ?? "")
    if (known === undefined) return Effect.succeed(noRoute)
    return known.includes(request.method)
      ? routed
      : Effect.succeed(
          error("method_not_allowed", `use ${known.filter((it) => it !== "HEAD").join(" or ")}`, {
            allow: known.join(", ")
          })
        )
  })

/** Outermost: a defect is logged in full and answered as a plain internal error. */
const safe = HttpRouter.middleware(
  (http) =>
    allowed(http).pipe(
      Effect.catchIf(isRouteNotFound, () => Effect.succeed(noRoute)),
      Effect.catchDefect((defect) =>
        Effect.as(Effect.logError("a request failed", defect), error("internal_error", "internal error"))
      )
    ),
  { global: true }
)

/**
 * All routes, with the handling of unknown routes and defects around them. Budgets are answered as 429 with
 * `Retry-After`, an unavailable backend as 503.
 */
export const layer = Layer.mergeAll(
  auth("/api/v1/public/auth/send-email-code"),
  auth("/api/v1/public/auth/confirm-email-code"),
  unsubscribe,
  unsubscribeForm,
  gatewayInfo,
  healthz,
  readyz,
  safe
)
