/** Accounts and the services that decide about them, over a database with a clock that tests move. */
import * as Accounts from "@galaxy/core/account/Accounts"
import { newId } from "@galaxy/core/shared/NewId"
import * as Entitlements from "@galaxy/core/standing/Entitlements"
import * as Limits from "@galaxy/core/standing/Limits"
import * as Sanctions from "@galaxy/core/standing/Sanctions"
import * as Standing from "@galaxy/core/standing/Standing"
import * as MovableClock from "@galaxy/testkit/MovableClock"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer } from "effect"

export const standingOn = <E>(database: Layer.Layer<Database, E>) =>
  Layer.mergeAll(Accounts.layer, Standing.layer, Sanctions.layer, Entitlements.layer, Limits.layer).pipe(
    Layer.provideMerge(MovableClock.layer),
    Layer.provideMerge(database)
  )

/** A new account as a sign-in makes it. */
export const account = Effect.gen(function* () {
  const accounts = yield* Accounts.Accounts
  return yield* accounts.ensure({
    email: `${yield* newId}@example.org`,
    preferredLanguage: "en",
    timeZone: "UTC",
    declaredCountry: undefined
  })
})

export const decision = { actor: "root", reason: "a reason" } as const
