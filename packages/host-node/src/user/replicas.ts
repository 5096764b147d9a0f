/** Lists of users from replicas of the database, in turn, and from the primary where none of them answers. */
import { Users } from "@galaxy/core/account/Users"
import * as UsersOver from "@galaxy/core/account/Users"
import { UserListing } from "@galaxy/core/user-service/UserListing"
import { Context, Effect, Layer } from "effect"
import * as Outage from "../logging/Outage.ts"
import * as Postgres from "../sql/Postgres.ts"

/** Connects to each replica when it is first asked; one that is away costs a fallback, not the list. */
export const listing = (replicas: ReadonlyArray<Postgres.PostgresOptions>): Layer.Layer<UserListing, never, Users> =>
  Layer.effect(
    UserListing,
    Effect.gen(function* () {
      const primary = yield* Users
      const others = yield* Effect.forEach(replicas, (options) =>
        // Each is a client of its own, although the layers are the same.
        Effect.map(
          Layer.build(Layer.fresh(UsersOver.layer.pipe(Layer.provide(Postgres.layer(options))))).pipe(Effect.orDie),
          (context) => ({
            users: Context.get(context, Users),
            outage: Outage.make({
              lost: "a replica of the database can't be read; lists come from the primary",
              back: "a replica of the database is read again"
            })
          })
        )
      )
      let turn = 0
      return UserListing.of({
        list: (filter, page) =>
          Effect.suspend(() => {
            const replica = others[turn++ % Math.max(1, others.length)]
            if (replica === undefined) return primary.list(filter, page)
            return Effect.tap(replica.users.list(filter, page), () => replica.outage.over).pipe(
              Effect.catchTag("StorageError", (error) =>
                Effect.andThen(
                  replica.outage.begun(Object.values(error.logFields).join(" ")),
                  primary.list(filter, page)
                )
              )
            )
          })
      })
    })
  )
