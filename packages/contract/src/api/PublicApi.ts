/** What needs no session: the same routes on the gateway and on the backend behind it. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { ChallengeId, DeviceSessionId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { EmailAddress } from "./EmailAddress.ts"
import { label, text } from "./Fields.ts"
import { InputErrors } from "./InputErrors.ts"
import { PublicMailGroup } from "./PublicMail.ts"
import { line } from "./Text.ts"

/** Body of `send-email-code`. */
export const SendEmailCode = Schema.Struct({
  email: EmailAddress,
  /** BCP 47 tag; wins over `Accept-Language`. Blank counts as absent. */
  locale: Schema.optionalKey(text(35))
})

/**
 * Answer of `send-email-code`. It looks the same whether or not the address has an account or a mail was sent. Where
 * codes were asked for too often, the id is that of an earlier challenge or of one that can't be confirmed.
 */
export const SendEmailCodeResult = Schema.Struct({ challenge_id: ChallengeId })

/**
 * Body of `confirm-email-code`. An unknown, expired, used or exhausted challenge and a wrong code all fail alike, as
 * `invalid_request`.
 */
export const ConfirmEmailCode = Schema.Struct({
  challenge_id: label(64),
  /** Eight digits. The field is wider, so that a mistyped code fails like any wrong one. */
  code: label(32),
  /** Standard base64 of the raw 32-byte Ed25519 public key. */
  client_public_key: label(64),
  /** IANA time zone of the player; stored with the account at the first sign-in. */
  time_zone: label(64),
  /** What the player calls this device, for the list of sessions: one line. Empty counts as absent. */
  device_label: Schema.optionalKey(Schema.Union([Schema.Literal(""), line(64)]))
})

/**
 * Answer of `confirm-email-code`: the new session, bound to the public key of the request. The first sign-in of an
 * address also creates its account.
 */
export const ConfirmEmailCodeResult = Schema.Struct({ device_session_id: DeviceSessionId })

/**
 * Signing in by a code sent by e-mail (wire contract, section 2). A blocked address is `account_permanently_blocked`.
 */
export class AuthGroup extends HttpApiGroup.make("auth")
  .add(
    HttpApiEndpoint.post("sendEmailCode", "/send-email-code", {
      headers: { "accept-language": Schema.optionalKey(Schema.String) },
      payload: SendEmailCode,
      success: SendEmailCodeResult,
      error: wireErrors
    }),
    HttpApiEndpoint.post("confirmEmailCode", "/confirm-email-code", {
      payload: ConfirmEmailCode,
      success: ConfirmEmailCodeResult,
      error: wireErrors
    })
  )
  .prefix("/api/v1/public/auth") {}

/** The routes that need no session. */
export class PublicApi extends HttpApi.make("public").add(AuthGroup, PublicMailGroup).middleware(InputErrors) {}
