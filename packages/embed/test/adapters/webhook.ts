/** A channel that posts each notification to a web hook, signed so that its receiver knows whom it is from. */
import { createHmac } from "node:crypto"
import { type Channel, ChannelDeferred, ChannelRejected } from "@galaxy/embed/kinds"

export const webhook =
  (url: string, secret: string): Channel =>
  async ({ deliveryId, kind, payload, user }, { signal }) => {
    const body = JSON.stringify({ kind, payload, user_id: user.userId })
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        // The same in every attempt: the receiver drops repetitions by it.
        "idempotency-key": deliveryId,
        "x-signature": createHmac("sha256", secret).update(body).digest("hex")
      },
      body,
      signal
    })
    if (answer.status === 429 || answer.status >= 500) throw new ChannelDeferred(`${answer.status}`)
    if (!answer.ok) throw new ChannelRejected(`${answer.status}`)
  }
