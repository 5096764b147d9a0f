/** Stopping mails without signing in: the address in a mail's `List-Unsubscribe` header. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "./ApiError.ts"
import { label } from "./Fields.ts"

/** The public route on the gateway, and on the backend behind it. */
export const unsubscribePath = "/api/v1/public/mail/unsubscribe"

/** Answer of `POST …/unsubscribe`: the kind of which the player gets no more mails. */
export const Unsubscribed = Schema.Struct({ kind: Schema.String })

/**
 * Switches one kind of mails off for one player, both named by the signed token. Whatever body comes with it is
 * ignored, since mail programs send one of their own (RFC 8058). Repeating it changes nothing. A token that isn't the
 * platform's is `invalid_request`.
 */
export class PublicMailGroup extends HttpApiGroup.make("mail").add(
  HttpApiEndpoint.post("unsubscribe", unsubscribePath, {
    query: { token: label(512) },
    success: Unsubscribed,
    error: wireErrors
  })
) {}
