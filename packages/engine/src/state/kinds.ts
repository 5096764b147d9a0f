/** Closed lists of a game's state: what ships carry, and why races leave. */

/** What ships carry. */
export const goodsKinds = ["colonists", "capital", "materials"] as const
/** A kind of cargo; a ship carries one at a time, and planets stock all three. */
export type Goods = (typeof goodsKinds)[number]

/** Why a race left (rules, section 21): it had nothing left, gave no orders for too long, quit, or was sent away. */
export const removalReasons = ["extinct", "idle", "quit", "banished"] as const
/** Recorded once with the turn of the removal, in the state and in the log. */
export type RemovalReason = (typeof removalReasons)[number]
