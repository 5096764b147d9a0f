/** From errors about mails to the wire's codes. */
import { type ErrorTable, own } from "../../shared/http/errors.ts"
import type { DeliveryNotFound, DeliveryNotResendable } from "../Mail.ts"

/** One line for each error. */
export const errors: ErrorTable<DeliveryNotFound | DeliveryNotResendable> = {
  DeliveryNotFound: ["not_found", "no such delivery"],
  DeliveryNotResendable: ["conflict", own, (it) => (it.condition === "sent" ? "sent_already" : "wrong_state")]
}
