/** Port: what happens elsewhere when a mail is given up, or is to be sent again. */
import type { DeliveryId } from "@galaxy/contract/ids/Ids"
import { Context, type Effect } from "effect"
import type { StorageError } from "../shared/StorageError.ts"
import type { DeadLetterReason } from "./Mail.ts"

/** A delivery that is being given up. */
export interface DeadLettered {
  readonly deliveryId: DeliveryId
  readonly templateId: string
  readonly reason: DeadLetterReason
  /** Number of the last attempt in the delivery's whole life. */
  readonly attemptNo: number
}

/** Told of the fate of mails, each time in the transaction that decides it. */
export class DeliveryFate extends Context.Service<
  DeliveryFate,
  {
    /** The mail won't be sent, unless an operator sends it again. */
    deadLettered(letter: DeadLettered): Effect.Effect<void, StorageError>
    /** A mail that was given up is due again. */
    renewed(deliveryId: DeliveryId): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/mail/DeliveryFate") {}
