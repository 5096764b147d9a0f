/** The gateway's public routes, which need no session: signing in, and learning the gateway's key and time. */
import type { ChallengeId, DeviceSessionId } from "@galaxy/contract/ids/Ids"
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import { Effect } from "effect"
import { Base64 } from "effect/encoding"
import { CallFailed, Unavailable } from "./ClientError.ts"
import type { DeviceKey } from "./DeviceKey.ts"
import * as answers from "./publicAnswers.ts"

/** A gateway's description of itself. It isn't signed, so its key is as trustworthy as the connection it came over. */
export interface GatewayInfo {
  readonly protocolVersion: string
  /** Raw, 32 bytes. Pin the first one that you see. */
  readonly signingPublicKey: Uint8Array<ArrayBuffer>
  /**
   * While keys are rotated, a list by which whoever has pinned one key comes to trust the other. It is as it came, and
   * `GalaxyClient` checks it.
   */
  readonly signingKeys: unknown
  /** How far a request's timestamp may lie in the past, and in the future. */
  readonly freshnessPastMs: number
  readonly freshnessFutureMs: number
  /** Unix milliseconds. Not signed, so it never sets the client's clock. */
  readonly serverTimeMs: number
}

const timeoutMs = 15_000

/** The header gives seconds; any other form is ignored. */
const retryAfterOf = (header: string | null): { readonly retryAfterMs?: number } =>
  header !== null && /^\d{1,9}(\.\d{1,9})?$/.test(header) ? { retryAfterMs: Math.ceil(Number(header) * 1_000) } : {}

const call = <A>(url: string, read: (json: unknown) => A | undefined, init?: RequestInit) =>
  Effect.gen(function* () {
    const answer = yield* Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(url, {
          ...init,
          redirect: "error",
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
        })
        return {
          status: response.status,
          retryAfter: response.headers.get("retry-after"),
          text: await response.text()
        }
      },
      catch: () => new Unavailable({ message: `${URL.canParse(url) ? new URL(url).host : url} cannot be reached` })
    })
    const json = yield* Effect.try({
      try: (): unknown => JSON.parse(answer.text),
      catch: () => new Unavailable({ message: `status ${answer.status} without a JSON body` })
    })
    if (answer.status === 200) {
      return read(json) ?? (yield* new Unavailable({ message: "the answer has an unknown form" }))
    }
    const error = answers.failure(json)
    if (error === undefined) return yield* new Unavailable({ message: `status ${answer.status}` })
    return yield* answer.status >= 500
      ? new Unavailable({ message: error.message, ...retryAfterOf(answer.retryAfter) })
      : new CallFailed({
          code: error.code,
          message: error.message,
          ...(error.reason === undefined ? {} : { reason: error.reason }),
          ...retryAfterOf(answer.retryAfter)
        })
  })

const post = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body)
})

/** Fetches a gateway's description of itself. A key that is not an acceptable Ed25519 key is `Unavailable`. */
export const gatewayInfo = (baseUrl: string): Effect.Effect<GatewayInfo, CallFailed | Unavailable> =>
  Effect.gen(function* () {
    const info = yield* call(`${baseUrl}/api/v1/public/gateway-info`, answers.info)
    const signingPublicKey = PublicKey.parse(info.signing_public_key)
    if (signingPublicKey === undefined) {
      return yield* new Unavailable({ message: "the gateway's key isn't an Ed25519 public key" })
    }
    return {
      protocolVersion: info.protocol_version,
      signingPublicKey,
      signingKeys: info.signing_keys,
      freshnessPastMs: info.freshness_past_ms,
      freshnessFutureMs: info.freshness_future_ms,
      serverTimeMs: info.server_time_ms
    }
  })

/** Asks for a code by e-mail. The answer looks the same whether or not the address has an account. */
export const sendEmailCode = (
  baseUrl: string,
  request: { readonly email: string; readonly locale?: string }
): Effect.Effect<ChallengeId, CallFailed | Unavailable> =>
  call(`${baseUrl}/api/v1/public/auth/send-email-code`, answers.challenge, post(request))

/** Exchanges the code for a device session that is bound to `key`. A wrong or expired code is `invalid_request`. */
export const confirmEmailCode = (
  baseUrl: string,
  request: {
    readonly challengeId: string
    readonly code: string
    readonly key: DeviceKey
    /** IANA time zone; the device's when absent. */
    readonly timeZone?: string
    /** What the player calls this device, for the list of sessions. */
    readonly deviceLabel?: string
  }
): Effect.Effect<DeviceSessionId, CallFailed | Unavailable> =>
  call(
    `${baseUrl}/api/v1/public/auth/confirm-email-code`,
    answers.session,
    post({
      challenge_id: request.challengeId,
      code: request.code,
      client_public_key: Base64.encode(request.key.publicKey),
      time_zone: request.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...(request.deviceLabel === undefined ? {} : { device_label: request.deviceLabel })
    })
  )
