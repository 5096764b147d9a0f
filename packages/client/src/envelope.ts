/** Builds signed requests and verifies signed answers and events (wire contract, section 1). */
import type { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Effect } from "effect"
import { Untrusted } from "./ClientError.ts"
import type { DeviceKey } from "./DeviceKey.ts"
import type { SignedAnswer, SignedEvent } from "./Rpc.ts"
import { type GatewayKey, sha256 } from "./verify.ts"

/** A device session together with the key that it was opened with. */
export interface SessionCredentials {
  readonly deviceSessionId: DeviceSessionId
  readonly key: DeviceKey
}

/**
 * Signs a request for either rpc. Its request id is a new random UUID, so that no two requests are taken for a replay.
 */
export const sign = (
  session: SessionCredentials,
  request: { readonly messageType: string; readonly timestampMs: number; readonly payload: Uint8Array<ArrayBuffer> }
) =>
  Effect.promise(async () => {
    const fields = {
      protocolVersion: SigningInput.protocolVersion,
      deviceSessionId: session.deviceSessionId,
      messageType: request.messageType,
      timestampMs: BigInt(request.timestampMs),
      requestId: crypto.randomUUID(),
      payloadHash: await sha256(request.payload)
    }
    const signature = await session.key.sign(SigningInput.request(fields))
    return { ...fields, payloadBytes: request.payload, signature, traceId: "" }
  })

/** Whether two hashes are the same. Neither is a secret, so the time that it takes tells nothing. */
const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index])

const bytes = (value: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(value)

/** What the pinned key, or a key that it vouches for, didn't sign. */
export const unsigned = ({ isUnpublished }: GatewayKey, what: string): Untrusted =>
  new Untrusted({
    message: `${what} isn't signed by the gateway`,
    reason: isUnpublished ? "key_not_published" : undefined
  })

/** Fails unless the gateway signed this answer, unchanged, to this request. */
export const checkResponse = (
  gateway: GatewayKey,
  requestId: string,
  response: SignedAnswer
): Effect.Effect<void, Untrusted> =>
  Effect.gen(function* () {
    if (response.requestId !== requestId) {
      return yield* new Untrusted({ message: "the answer belongs to another request" })
    }
    const hash = yield* Effect.promise(() => sha256(bytes(response.payloadBytes)))
    if (!equal(hash, response.payloadHash)) return yield* new Untrusted({ message: "the payload was changed" })
    const { signature, timestampMs } = response
    const signed = yield* Effect.promise(() =>
      gateway.verifies(SigningInput.response(response), signature, timestampMs)
    )
    if (!signed) return yield* unsigned(gateway, "the answer")
  })

/** Fails unless the gateway signed this event for this session's stream. */
export const checkEvent = (
  gateway: GatewayKey,
  deviceSessionId: DeviceSessionId,
  event: SignedEvent
): Effect.Effect<void, Untrusted> =>
  Effect.gen(function* () {
    const hash = yield* Effect.promise(() => sha256(bytes(event.payloadBytes)))
    if (!equal(hash, event.payloadHash)) return yield* new Untrusted({ message: "the payload was changed" })
    const input = SigningInput.event({ ...event, deviceSessionId })
    const signed = yield* Effect.promise(() => gateway.verifies(input, event.signature))
    if (!signed) return yield* unsigned(gateway, "an event")
  })
