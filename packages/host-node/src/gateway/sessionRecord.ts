/**
 * Sessions as the backend tells them, read by hand: each first call of a client needs one, and the schema takes longer than all
 * the rest of the answer.
 */
import { uuidPattern } from "@galaxy/contract/ids/uuid"
import type { SessionIdentity } from "@galaxy/edge/BackendClient"

/** As every backend of ours writes them. */
const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

const isUuid = (value: unknown): boolean => typeof value === "string" && uuidPattern.test(value)
const isTime = (value: unknown): boolean =>
  typeof value === "string" && timestamp.test(value) && !Number.isNaN(Date.parse(value))

/** The bytes of standard base64. */
export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"))

/**
 * The session of an answer in its usual form. Undefined says only that it isn't that: whether it is right is for the schema to
 * tell.
 */
export const usualSession = (json: unknown): SessionIdentity | undefined => {
  if (typeof json !== "object" || json === null) return undefined
  const it = json as Readonly<Record<string, unknown>>
  const { client_public_key: publicKey, status, user_id: userId } = it
  const isUsual =
    isUuid(it["device_session_id"]) &&
    isUuid(userId) &&
    isTime(it["created_at"]) &&
    (!("revoked_at" in it) || isTime(it["revoked_at"]))
  if (!isUsual || typeof publicKey !== "string" || (status !== "active" && status !== "revoked")) return undefined
  return { userId: userId as string, publicKey: bytesOf(publicKey), status }
}
