/** What the backend of these measurements knows: one player with one session, and an account of usual size. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto"

const prefix = Buffer.from("302e020100300506032b657004220420", "hex")

const device = createPrivateKey({
  key: Buffer.concat([prefix, Buffer.alloc(32, 1)]),
  format: "der",
  type: "pkcs8"
})

export const sessionId = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a"
export const userId = "0190f7a2-6d3e-7c11-9a55-000000000001"
export const devicePublicKey = new Uint8Array(
  createPublicKey(device).export({ format: "der", type: "spki" }).subarray(-32)
)
export const signAsDevice = (message: Uint8Array): Uint8Array => new Uint8Array(sign(null, message, device))

/** Seed of the servers' key. */
export const serverSeed = Buffer.alloc(32, 9)

const created = "2026-01-01T00:00:00.000Z"

/** The backend's answer to a lookup of the session. */
export const session = {
  device_session_id: sessionId,
  user_id: userId,
  client_public_key: Buffer.from(devicePublicKey).toString("base64"),
  status: "active",
  created_at: created
}

/** The backend's answer to `user.account.get`. */
export const account = {
  user_id: userId,
  email: "ada@example.org",
  user_name: "player-0123456789",
  display_name: "Ada",
  preferred_language: "en",
  time_zone: "Europe/Berlin",
  declared_country: "DE",
  entitlement: {
    tier: "free",
    max_registered_race_names: 1,
    plan_code: "free",
    is_paid: false,
    source: "registration",
    starts_at: created,
    max_open_games: 3,
    max_games_in_play: 3,
    max_memberships: 10
  },
  sanctions: [],
  limits: [],
  mail_kinds_off: [],
  created_at: created,
  updated_at: created
}
