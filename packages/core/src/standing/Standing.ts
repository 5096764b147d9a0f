/**
 * May this account act? The one place that answers it, for sign-in, requests, invites and notifications alike.
 *
 * An account that is deleted, or blocked by itself or by its address, may do nothing: it opens no session, calls nothing, is
 * invited nowhere and is told nothing.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import { type AccountFacts, AccountStore, layer as layerStore } from "../account/AccountStore.ts"
import type { StorageError } from "../shared/StorageError.ts"

/** `unknown`: there is no such account. For an address that means that its first sign-in may make one. */
export type AccountStanding = "active" | "blocked" | "deleted" | "unknown"

export class Standing extends Context.Service<
  Standing,
  {
    of(userId: UserId): Effect.Effect<AccountStanding, StorageError>
    /** Of whoever signs in with this address, in its normal form. */
    ofAddress(email: string): Effect.Effect<AccountStanding, StorageError>
    /** Those of the accounts that may act. */
    active(userIds: ReadonlyArray<UserId>): Effect.Effect<ReadonlySet<UserId>, StorageError>
  }
>()("@galaxy/core/standing/Standing") {}

/** A deleted account stays one: a block that comes later says nothing more about it. */
const verdictOf = (facts: AccountFacts | undefined): AccountStanding =>
  facts === undefined
    ? "unknown"
    : facts.deleted
      ? "deleted"
      : facts.permanentBlock || facts.addressBlocked
        ? "blocked"
        : "active"

/** Standing, with the facts that it judges by. */
export const layer: Layer.Layer<Standing | AccountStore, never, SqlClient.SqlClient> = Layer.effect(
  Standing,
  Effect.gen(function* () {
    const accounts = yield* AccountStore

    const of = Effect.fn("Standing.of")((userId: UserId) =>
      Effect.map(accounts.facts([userId]), ([facts]) => verdictOf(facts))
    )

    const ofAddress = Effect.fn("Standing.ofAddress")(function* (email: string) {
      // Both are asked whatever the first one says: the time of an answer tells nothing.
      const facts = yield* accounts.factsOfAddress(email)
      const barred = yield* accounts.isAddressBlocked(email)
      return barred ? "blocked" : verdictOf(facts)
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
