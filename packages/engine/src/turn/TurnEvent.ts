/** What happened while a turn was made: the turn's log, and what reports tell beyond the state. */
import type { OrderOutcome } from "@galaxy/contract/engine/Order"
import type { RemovalReason } from "../state/Galaxy.ts"

export type TurnEvent =
  | { readonly kind: "removed"; readonly race: number; readonly reason: RemovalReason }
  | { readonly kind: "order"; readonly race: number; readonly outcome: OrderOutcome }
  | { readonly kind: "finished"; readonly winners: ReadonlyArray<number> }
