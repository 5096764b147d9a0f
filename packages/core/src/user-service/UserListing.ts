/** Port: where lists of users are read from. A host may have them read from replicas of the database. */
import { Context, Effect, Layer } from "effect"
import { Users } from "../account/Users.ts"

/** Lists users, possibly as they were a moment ago. */
export class UserListing extends Context.Service<UserListing, Pick<Users["Service"], "list">>()(
  "@galaxy/core/user-service/UserListing"
) {}

/** Lists come from the same database as everything else. */
export const layer: Layer.Layer<UserListing, never, Users> = Layer.effect(
  UserListing,
  Effect.map(Users, ({ list }) => ({ list }))
)
