/**
 * Readers of what the public routes answer. Each gives `undefined` for anything of another form.
 *
 * They are written by hand, since a page for signing in loads them before anything else, and a schema would weigh as much
 * as all the rest of it.
 */
import type { GatewayInfo } from "@galaxy/contract/api/GatewayInfo"
import type { ChallengeId, DeviceSessionId } from "@galaxy/contract/ids/Ids"
import { uuidPattern } from "@galaxy/contract/ids/uuid"
import { Predicate } from "effect"

const isUuid = (it: unknown): it is string => Predicate.isString(it) && uuidPattern.test(it)

/** The body with `signing_keys` as it came: hardly ever is there any, and who trusts it checks it. */
type Info = Omit<typeof GatewayInfo.Type, "signing_keys"> & { readonly signing_keys: unknown }

/** Body of `gateway-info`. */
export const info = (json: unknown): Info | undefined => {
  if (!Predicate.isReadonlyObject(json)) return undefined
  const { protocol_version, signing_public_key, signing_keys, freshness_past_ms, freshness_future_ms, server_time_ms } =
    json
  return Predicate.isString(protocol_version) &&
    Predicate.isString(signing_public_key) &&
    Predicate.isNumber(freshness_past_ms) &&
    Predicate.isNumber(freshness_future_ms) &&
    Predicate.isNumber(server_time_ms)
    ? {
        protocol_version,
        signing_public_key,
        signing_keys,
        freshness_past_ms,
        freshness_future_ms,
        server_time_ms
      }
    : undefined
}

/** The challenge in the body of `send-email-code`. */
export const challenge = (json: unknown): ChallengeId | undefined =>
  Predicate.isReadonlyObject(json) && isUuid(json["challenge_id"]) ? (json["challenge_id"] as ChallengeId) : undefined

/** The session in the body of `confirm-email-code`. */
export const session = (json: unknown): DeviceSessionId | undefined =>
  Predicate.isReadonlyObject(json) && isUuid(json["device_session_id"])
    ? (json["device_session_id"] as DeviceSessionId)
    : undefined

/** The error of an error's body. Its code and its reason may be ones that this version doesn't know. */
export const failure = (json: unknown) => {
  const error = Predicate.isReadonlyObject(json) ? json["error"] : undefined
  if (!Predicate.isReadonlyObject(error)) return undefined
  const { code, message, reason } = error
  if (!Predicate.isString(code) || !Predicate.isString(message)) return undefined
  if (reason === undefined) return { code, message }
  return Predicate.isString(reason) ? { code, message, reason } : undefined
}
