/** Lists of users from replicas of the database, in turn, and from the primary where none of them answers. */
import { Users } from "@galaxy/core/account/Users"
import * as UsersOver from "@galaxy/core/account/Users"
import { UserListing } from "@galaxy/core/user-service/UserListing"
import { monotonicMillis } from "@galaxy/edge/monotonicMillis"
import { Context, Effect, Layer, Schema } from "effect"
import * as Outage from "../logging/Outage.ts"
import * as Postgres from "../sql/Postgres.ts"

/** After a failure a replica is left alone for so long, in milliseconds. */
const restMs = 5_000

/** The replica has said nothing in time. */
class ReplicaSilent extends Schema.TaggedError<ReplicaSilent>()("ReplicaSilent", {}) {}

/**
 * Connects to each replica when it is first asked. One that fails, or takes longer than `patienceMs`, costs a fallback,
 * not the list.
 */
export const listing = (
  replicas: ReadonlyArray<Postgres.PostgresOptions>,
  patienceMs: number
): Layer.Layer<UserListing, never, Users> =>
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
            }),
            restsUntil: Number.NEGATIVE_INFINITY
          })
        )
      )
      let turn = 0
      /** The next replica that isn't left alone. */
      const next = Effect.map(monotonicMillis, (now) => {
        for (const _ of others) {
          const replica = others[turn++ % others.length]
          if (replica !== undefined && replica.restsUntil <= now) return replica
        }
        return undefined
      })
      return UserListing.of({
        list: Effect.fnUntraced(function* (filter, page) {
          const replica = yield* next
          if (replica === undefined) return yield* primary.list(filter, page)
          const fallBack = (reason: string) =>
            Effect.gen(function* () {
              replica.restsUntil = (yield* monotonicMillis) + restMs
              yield* replica.outage.begun(reason)
              return yield* primary.list(filter, page)
            })
          return yield* replica.users.list(filter, page).pipe(
            Effect.timeoutOrElse({ duration: patienceMs, orElse: () => Effect.fail(new ReplicaSilent()) }),
            Effect.tap(() => replica.outage.over),
            Effect.catchTags({
              StorageError: (error) => fallBack(Object.values(error.logFields).join(" ")),
              ReplicaSilent: () => fallBack(`no answer within ${patienceMs} ms`)
            })
          )
        })
      })
    })
  )
