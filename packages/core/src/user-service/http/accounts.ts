/** Handlers of the user process: accounts by address and by id, lists, and what their players set. */
import { normalForm } from "@galaxy/contract/api/EmailAddress"
import type { EnsureByEmail, ResolvedEmail } from "@galaxy/contract/api/UserServiceApi"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { AccountPermanentlyBlocked, Accounts, type NewAccount } from "../../account/Accounts.ts"
import { AccountSettings, SettingInvalid } from "../../account/AccountSettings.ts"
import { AccountStore } from "../../account/AccountStore.ts"
import { signups } from "../../account/signups.ts"
import { addressTurn } from "../../auth/addressTurn.ts"
import { languageTag } from "../../shared/languageTag.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { zoneNamed } from "../../shared/TimeZone.ts"
import { Standing } from "../../standing/Standing.ts"
import { AddressBlocks } from "../AddressBlocks.ts"

const defaults = { language: "en", zone: "UTC" } as const

/** What the process does with accounts besides reading them. */
export const accountCalls = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const accounts = yield* Accounts
  const store = yield* AccountStore
  const settings = yield* AccountSettings
  const standing = yield* Standing
  const blocks = yield* AddressBlocks

  const ensured = (account: NewAccount) =>
    sql
      .withTransaction(
        Effect.gen(function* () {
          // Whoever blocks the address has either done so by now, or finds the account.
          yield* addressTurn(sql, account.email)
          // Nobody could sign in to it.
          if ((yield* store.factsOfAddress(account.email)) === undefined && (yield* blocks.isBlocked(account.email))) {
            return yield* new AccountPermanentlyBlocked()
          }
          return yield* accounts.ensureTold(account)
        })
      )
      .pipe(
        Effect.tap(({ created }) => Effect.sync(() => void (created && signups(1)))),
        StorageError.refail
      )

  return {
    ensureByEmail: Effect.fnUntraced(function* (request: typeof EnsureByEmail.Type) {
      const language = languageTag(request.preferred_language ?? defaults.language)
      if (language === undefined) {
        return yield* new SettingInvalid({ problem: "preferred_language must be a BCP 47 tag such as en or pt-BR" })
      }
      const zone = zoneNamed((request.time_zone ?? defaults.zone).trim())
      if (zone === undefined) {
        return yield* new SettingInvalid({ problem: "time_zone must be an IANA time zone such as Europe/Berlin" })
      }
      const email = normalForm(request.email) ?? request.email
      const { userId, created } = yield* ensured({
        email,
        preferredLanguage: language,
        timeZone: zone,
        declaredCountry: request.declared_country
      })
      const status = yield* standing.of(userId)
      return { user_id: userId, created, status: status === "unknown" ? "deleted" : status }
    }),

    resolveByEmail: Effect.fnUntraced(function* (given: string) {
      const email = normalForm(given) ?? given
      const facts = yield* store.factsOfAddress(email)
      const status = (yield* blocks.isBlocked(email)) ? "blocked" : yield* standing.ofAddress(email)
      return { status, ...(facts === undefined ? {} : { user_id: facts.userId }) } satisfies typeof ResolvedEmail.Type
    }),

    updateProfile: (userId: UserId, change: Parameters<typeof settings.updateProfile>[1]) =>
      Effect.andThen(settings.updateProfile(userId, change), accounts.find(userId)),

    updateSettings: (userId: UserId, change: Parameters<typeof settings.updateSettings>[1]) =>
      Effect.andThen(settings.updateSettings(userId, change), accounts.find(userId))
  }
})
