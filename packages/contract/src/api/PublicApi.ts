/** Sign-in without a session: the same two routes on the gateway and on the backend behind it. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { ChallengeId, DeviceSessionId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { EmailAddress } from "./EmailAddress.ts"
import { label, text } from "./Fields.ts"
import { InputErrors } from "./InputErrors.ts"

export const SendEmailCode = Schema.Struct({
  email: EmailAddress,
  /** BCP 47 tag; wins over `Accept-Language`. Blank counts as absent. */
  locale: Schema.optionalKey(text(35))
})

export const SendEmailCodeResult = Schema.Struct({ challenge_id: ChallengeId })

export const ConfirmEmailCode = Schema.Struct({
  challenge_id: label(64),
  code: label(32),
  /** Standard base64 of the raw 32-byte Ed25519 public key. */
  client_public_key: label(64),
  /** IANA time zone of the player. */
  time_zone: label(64)
})

export const ConfirmEmailCodeResult = Schema.Struct({ device_session_id: DeviceSessionId })

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

export class PublicApi extends HttpApi.make("public").add(AuthGroup).middleware(InputErrors) {}
