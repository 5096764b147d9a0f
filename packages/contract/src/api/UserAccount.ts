/** The caller's own account and device sessions (`/api/v1/user/account`, `/api/v1/user/sessions`). */
import { Schema } from "effect"
import { eventTables, playerMailKinds } from "../events/EventKinds.ts"
import { DeviceSessionId, UserId } from "../ids/Ids.ts"
import { label, text, Timestamp } from "./Fields.ts"
import { lineProblem } from "./Text.ts"

/** What can be limited: for each plan, and for one account by an administrator. */
export const LimitCode = Schema.Literals([
  /** Race names that are registered for good. */
  "max_registered_race_names",
  /** Games that the account owns and that have not ended. */
  "max_open_games",
  /** Games that the account owns and that are being played. */
  "max_games_in_play",
  /** Games that the account plays in and that have not ended. */
  "max_memberships"
])

export type LimitCode = typeof LimitCode.Type

/** The sanctions that there are. */
export const SanctionCode = Schema.Literals(["permanent_block"])

export type SanctionCode = typeof SanctionCode.Type

/**
 * The plan in force and what it grants; one that has ended is the plan `free` again. A limit that an administrator has
 * set for the account takes precedence, and a host may allow fewer games than the plan.
 */
export const Entitlement = Schema.Struct({
  /** The same as `plan_code`. */
  tier: Schema.String,
  max_registered_race_names: Schema.Int,
  plan_code: Schema.String,
  is_paid: Schema.Boolean,
  /** Where it comes from: `registration`, `expiry` after one that has ended, or what an administrator has given. */
  source: Schema.String,
  /** Since when it has been in force. */
  starts_at: Schema.optionalKey(Timestamp),
  /** When it ends by itself; absent for one without an end. */
  ends_at: Schema.optionalKey(Timestamp),
  max_open_games: Schema.Int,
  max_games_in_play: Schema.Int,
  max_memberships: Schema.Int
})

/** A sanction in force. `permanent_block` is the only code so far; readers must allow others. */
export const ActiveSanction = Schema.Struct({
  sanction_code: Schema.String,
  applied_at: Timestamp
})

/** A limit that an administrator has set for this account and that is in force. */
export const ActiveLimit = Schema.Struct({
  limit_code: Schema.String,
  value: Schema.Int
})

/** Answer of `user.account.get` and of the internal account lookup: what the platform knows about one player. */
export const Account = Schema.Struct({
  user_id: UserId,
  email: Schema.String,
  /** Generated at the first sign-in; never changes. */
  user_name: Schema.String,
  /** Empty until the player sets one. */
  display_name: Schema.String,
  /** BCP 47 tag. */
  preferred_language: Schema.String,
  /** IANA name. */
  time_zone: Schema.String,
  /** ISO 3166-1 alpha-2, from the source address of the first sign-in; absent where it wasn't known. */
  declared_country: Schema.optionalKey(Schema.String),
  entitlement: Entitlement,
  sanctions: Schema.Array(ActiveSanction),
  limits: Schema.Array(ActiveLimit),
  /** Kinds of notifications that the player wants no mails about. */
  mail_kinds_off: Schema.Array(Schema.String),
  created_at: Timestamp,
  updated_at: Timestamp
})

/** A line that people see, or nothing: the text without spaces around it. */
const optionalLine = (max: number) =>
  text(max).check(
    Schema.makeFilter((given: string) => (given.trim() === "" ? true : (lineProblem(given.trim()) ?? true)))
  )

/** Body of `user.profile.update`. What is left out stays as it is. */
export const UpdateProfile = Schema.Struct({
  /** Shown to other players; empty to have none. Spaces around it are removed. */
  display_name: Schema.optionalKey(optionalLine(64))
})

/** What players are told of, by mail or not; the program that a backend is part of may have kinds of its own. */
export const playerKinds: ReadonlySet<string> = new Set([...Object.keys(eventTables), ...playerMailKinds])

/** The form of every kind's name. */
const kindName = Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+$/), Schema.isMaxLength(64))

const mostKindsOff = 200

/** Body of `user.settings.update`. What is left out stays as it is. */
export const UpdateSettings = Schema.Struct({
  /** BCP 47 tag, for mails; stored in its canonical form. */
  preferred_language: Schema.optionalKey(label(64)),
  /** IANA name. */
  time_zone: Schema.optionalKey(label(64)),
  /**
   * Replaces the whole list; empty to get every mail. Kinds of notifications, such as `game.turn.missed`; a kind that
   * there isn't is refused.
   */
  mail_kinds_off: Schema.optionalKey(Schema.Array(kindName).check(Schema.isMaxLength(mostKindsOff)))
})

/** One of the caller's active device sessions. */
export const Session = Schema.Struct({
  device_session_id: DeviceSessionId,
  created_at: Timestamp,
  /** When a gateway last looked the session up; absent before the first time. */
  last_seen_at: Schema.optionalKey(Timestamp),
  /** What the player called the device when signing in. */
  device_label: Schema.optionalKey(Schema.String),
  /** Whether this is the session that asks. */
  current: Schema.Boolean
})

/** Answer of `user.sessions.list`: active sessions, oldest first. Of more than 200, the newest 200. */
export const SessionList = Schema.Struct({ sessions: Schema.Array(Session) })

/**
 * Answer of `user.sessions.revoke` and `user.sessions.revoke_all`: the sessions that this call revoked, possibly the
 * caller's own. Empty where they were revoked before.
 */
export const RevokedSessions = Schema.Struct({ revoked: Schema.Array(DeviceSessionId) })
