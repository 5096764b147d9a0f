/**
 * What players set about themselves: their name, language, time zone, and the mails that they don't want.
 *
 * A change with nothing in it changes nothing, not even `updated_at`.
 */
import { playerKinds, type UpdateProfile, type UpdateSettings } from "@galaxy/contract/api/UserAccount"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { languageTag } from "../shared/languageTag.ts"
import { StorageError } from "../shared/StorageError.ts"
import { zoneNamed } from "../shared/TimeZone.ts"
import { AccountNotFound } from "./Accounts.ts"
import * as UserEvents from "../user-event/UserEvents.ts"

/** A value that isn't acceptable; `problem` names the field. */
export class SettingInvalid extends Schema.TaggedError<SettingInvalid>()("SettingInvalid", {
  problem: Schema.String
}) {}

/** Changes accounts that aren't deleted. Fields that are left out stay as they are. */
export class AccountSettings extends Context.Service<
  AccountSettings,
  {
    /** An empty name, or one of spaces, clears it. */
    updateProfile(
      userId: UserId,
      change: typeof UpdateProfile.Type
    ): Effect.Effect<void, AccountNotFound | StorageError>
    /** Stores the language in its canonical form and the zone in its official spelling. */
    updateSettings(
      userId: UserId,
      change: typeof UpdateSettings.Type
    ): Effect.Effect<void, AccountNotFound | SettingInvalid | StorageError>
  }
>()("@galaxy/core/account/AccountSettings") {}

/** Kinds that the embedding program adds to the catalogue; none by default. */
export const OtherKinds = Context.Reference<ReadonlySet<string>>("@galaxy/core/account/AccountSettings/OtherKinds", {
  defaultValue: () => new Set()
})

/** `AccountSettings` over PostgreSQL. */
export const layer: Layer.Layer<AccountSettings, never, SqlClient.SqlClient> = Layer.effect(
  AccountSettings,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const others = yield* OtherKinds

    const change = Effect.fnUntraced(
      function* (userId: UserId, what: "profile" | "settings", columns: Readonly<Record<string, string>>) {
        if (Object.keys(columns).length === 0) return
        const updated = { ...columns, updated_at: yield* DateTime.nowAsDate }
        const rows = yield* sql`
          UPDATE backend.accounts SET ${sql.update(updated)} WHERE user_id = ${userId} AND deleted_at IS NULL RETURNING 1`
        if (rows.length === 0) return yield* new AccountNotFound()
        yield* UserEvents.tell("account.changed", userId, { changed: what })
      },
      sql.withTransaction,
      Effect.provideService(SqlClient.SqlClient, sql)
    )

    const updateProfile = Effect.fn("AccountSettings.updateProfile")(function* (
      userId: UserId,
      { display_name }: typeof UpdateProfile.Type
    ) {
      yield* change(userId, "profile", display_name === undefined ? {} : { display_name: display_name.trim() })
    }, StorageError.refail)

    const updateSettings = Effect.fn("AccountSettings.updateSettings")(function* (
      userId: UserId,
      { preferred_language, time_zone, mail_kinds_off }: typeof UpdateSettings.Type
    ) {
      const columns: Record<string, string> = {}
      if (preferred_language !== undefined) {
        const tag = languageTag(preferred_language)
        if (tag === undefined)
          return yield* new SettingInvalid({ problem: "preferred_language must be a BCP 47 tag such as en or pt-BR" })
        columns["preferred_language"] = tag
      }
      if (time_zone !== undefined) {
        const zone = zoneNamed(time_zone.trim())
        if (zone === undefined)
          return yield* new SettingInvalid({ problem: "time_zone must be an IANA time zone such as Europe/Berlin" })
        columns["time_zone"] = zone
      }
      const unknown = mail_kinds_off?.find((it) => !playerKinds.has(it) && !others.has(it))
      if (unknown !== undefined)
        return yield* new SettingInvalid({ problem: `mail_kinds_off names a kind that there isn't: ${unknown}` })
      // Kinds hold no characters that an array literal would have to quote.
      if (mail_kinds_off !== undefined)
        columns["mail_kinds_off"] = `{${[...new Set(mail_kinds_off)].toSorted().join(",")}}`
      yield* change(userId, "settings", columns)
    }, StorageError.refail)

    return AccountSettings.of({ updateProfile, updateSettings })
  })
)
