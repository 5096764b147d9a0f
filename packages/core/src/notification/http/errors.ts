/** From errors about notifications to the wire's codes. */
import { type ErrorTable, own } from "../../shared/http/errors.ts"
import type { ChannelDeliveryNotDead, ChannelDeliveryNotFound } from "../channels/ChannelDeliveries.ts"
import type { UnsubscribeTokenInvalid } from "../Unsubscriptions.ts"

/** One line for each error. */
export const errors: ErrorTable<UnsubscribeTokenInvalid | ChannelDeliveryNotFound | ChannelDeliveryNotDead> = {
  ChannelDeliveryNotFound: ["not_found", "no such delivery"],
  ChannelDeliveryNotDead: ["conflict", own, (it) => (it.status === "sent" ? "sent_already" : "wrong_state")],
  UnsubscribeTokenInvalid: ["invalid_request", own]
}
