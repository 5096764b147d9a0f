/**
 * Whether an account may act: decided only here, for sign-in, requests, invites and notifications alike.
 *
 * An account that is deleted or blocked, itself or by its address, can do nothing: it opens no session, makes no calls,
 * can't be invited and gets no notifications.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import { type AccountFacts, AccountStore, layer as layerStore } from "../account/AccountStore.ts"
import type { StorageError } from "../shared/StorageError.ts"

/**
 * Only `active` accounts may act. `unknown`: there is no such account; for an address this means that its first sign-in
 * may create one.
 */
export type AccountStanding = "active" | "blocked" | "deleted" | "unknown"

/** The standing of accounts, read from the database at each call. Fails with `StorageError` only. */
export class Standing extends Context.Service<
  Standing,
  {
    /** The standing of the account with this id. */
    of(userId: UserId): Effect.Effect<AccountStanding, StorageError>
    /**
     * The standing of whoever signs in with this address, which must be in its normal form. A block outlives the
     * account, so a blocked account is `blocked` here even if it was deleted.
     */
    ofAddress(email: string): Effect.Effect<AccountStanding, StorageError>
    /** Those of the given accounts that may act. */
    active(userIds: ReadonlyArray<UserId>): Effect.Effect<ReadonlySet<UserId>, StorageError>
  }
>()("@galaxy/core/standing/Standing") {}

const isBarred = (facts: AccountFacts | undefined): boolean =>
  facts !== undefined && (facts.permanentBlock || facts.addressBlocked)

/** A deleted account stays `deleted`, whether or not it was blocked as well. */
const verdictOf = (facts: AccountFacts | undefined): AccountStanding =>
  facts === undefined ? "unknown" : facts.deleted ? "deleted" : isBarred(facts) ? "blocked" : "active"

/** `Standing`, and the `AccountStore` that it reads. */
export const layer: Layer.Layer<Standing | AccountStore, never, SqlClient.SqlClient> = Layer.effect(
  Standing,
  Effect.gen(function* () {
    const accounts = yield* AccountStore

    const of = Effect.fn("Standing.of")((userId: UserId) =>
      Effect.map(accounts.facts([userId]), ([facts]) => verdictOf(facts))
    )

    const ofAddress = Effect.fn("Standing.ofAddress")(function* (email: string) {
      // Both are asked whatever the first one says, so that the duration reveals nothing.
      const facts = yield* accounts.factsOfAddress(email)
      const barred = yield* accounts.isAddressBlocked(email)
      return barred || isBarred(facts) ? "blocked" : verdictOf(facts)
    })

    const active = Effect.fn("Standing.active")((userIds: ReadonlyArray<UserId>) =>
      Effect.map(
        accounts.facts(userIds),
        (all) => new Set(all.filter((it) => verdictOf(it) === "active").map((it) => it.userId))
      )
    )

    return Standing.of({ of, ofAddress, active })
  })
).pipe(Layer.provideMerge(layerStore))
