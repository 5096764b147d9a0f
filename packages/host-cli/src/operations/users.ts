/** Players. */
import type { CommandSpec, Operation } from "./types.ts"

const user = { arg: "USER", kind: "user", help: "the player's id, or name:USERNAME" } as const
const limits = ["max_registered_race_names", "max_open_games", "max_games_in_play", "max_memberships"] as const

/** Commands for players. */
export const users = {
  "adminUsers.list": {
    path: ["user", "list"],
    route: "GET /api/v1/admin/users",
    tier: "read",
    summary: "List players, newest first",
    fields: {
      status: {
        flag: "status",
        kind: "text",
        choices: ["active", "blocked", "deleted"],
        help: "only accounts in this state"
      },
      declared_country: { flag: "country", kind: "text", metavar: "CC", help: "only this country, such as DE" },
      plan_code: { flag: "plan", kind: "text", metavar: "CODE", help: "only this plan, such as paid_yearly" },
      is_paid: { flag: "paid", kind: "bool", help: "only players with a paid plan, or with --no-paid without" },
      paid_expires_before: { flag: "ends-before", kind: "time", help: "only paid plans that end before this time" },
      paid_expires_after: { flag: "ends-after", kind: "time", help: "only paid plans that end at this time or later" },
      sanction_code: {
        flag: "sanction",
        kind: "text",
        choices: ["permanent_block"],
        help: "only players with this sanction in force"
      },
      limit_code: { flag: "limit-code", kind: "text", choices: limits, help: "only players with a limit of their own" },
      user_name: { flag: "user-name", kind: "text", metavar: "NAME", help: "the player with this user name" },
      display_name: { flag: "display-name", kind: "text", metavar: "NAME", help: "players shown by this name" },
      email: { secret: "address", flag: "email-stdin", help: "the player with the address on standard input" }
    },
    rows: "users",
    columns: ["user_id", "user_name", "status", "entitlement.plan_code", "created_at"],
    wide: ["display_name", "declared_country", "preferred_language", "time_zone", "entitlement.ends_at", "updated_at"],
    example: "user list --paid --ends-before 2027-01-01"
  },
  "adminUsers.get": {
    path: ["user", "get"],
    route: "GET /api/v1/admin/users/:user_id",
    tier: "read",
    summary: "Show a player",
    fields: { user_id: user },
    example: "user get name:Player-7k2f"
  },
  "adminUserEnds.applySanction": {
    path: ["user", "block"],
    route: "POST /api/v1/admin/users/:user_id/sanctions",
    tier: "final",
    summary: "Block a player for good",
    detail:
      "Ends the player's sessions, seats, applications, invites and race names, and cancels their games that aren't running. " +
      "Lifting the block later brings none of that back.",
    fields: { user_id: user, sanction_code: { fixed: "permanent_block" } },
    reason: "required",
    example: 'user block name:Player-7k2f --reason "spam in race names"'
  },
  "adminUsers.liftSanction": {
    path: ["user", "unblock"],
    route: "POST /api/v1/admin/users/:user_id/sanctions/:code/lift",
    tier: "undoable",
    summary: "Lift a player's block",
    fields: { user_id: user, code: { fixed: "permanent_block" } },
    reason: "required",
    example: 'user unblock name:Player-7k2f --reason "appeal granted"'
  },
  "adminUsers.setLimit": {
    path: ["user", "limit"],
    route: "POST /api/v1/admin/users/:user_id/limits",
    tier: "plain",
    summary: "Set a limit of a player in place of the plan's",
    fields: {
      user_id: user,
      limit_code: { arg: "CODE", kind: "text", choices: limits, help: "which limit" },
      value: { arg: "VALUE", kind: "int", help: "the number allowed, 0 to 1,000,000" }
    },
    reason: "required",
    example: 'user limit name:Player-7k2f max_open_games 20 --reason "runs a league"'
  },
  "adminUsers.liftLimit": {
    path: ["user", "unlimit"],
    route: "POST /api/v1/admin/users/:user_id/limits/:code/lift",
    tier: "plain",
    summary: "Let the plan's limit apply to a player again",
    fields: { user_id: user, code: { arg: "CODE", kind: "text", choices: limits, help: "which limit" } },
    reason: "required",
    example: 'user unlimit name:Player-7k2f max_open_games --reason "league is over"'
  },
  "adminUsers.setEntitlement": {
    path: ["user", "plan"],
    route: "POST /api/v1/admin/users/:user_id/entitlements",
    tier: "plain",
    summary: "Give a player a plan",
    detail: "It replaces the present plan from its start on. When it ends, the player has the plan free.",
    fields: {
      user_id: user,
      plan_code: { arg: "CODE", kind: "text", help: "free, paid_monthly, paid_yearly or paid_lifetime" },
      is_paid: {
        flag: "paid",
        kind: "bool",
        required: true,
        help: "whether the plan is paid for (--no-paid: it isn't)"
      },
      source: { flag: "source", kind: "text", required: true, help: "where it comes from, such as purchase or gift" },
      starts_at: { flag: "from", kind: "time", help: "when it starts; now if absent" },
      ends_at: { flag: "until", kind: "time", help: "when it ends; never if absent" }
    },
    reason: "required",
    example: 'user plan name:Player-7k2f paid_yearly --paid --source gift --until 2027-12-31 --reason "prize"'
  },
  "adminUserEnds.softDelete": {
    path: ["user", "delete"],
    route: "POST /api/v1/admin/users/:user_id/soft-delete",
    tier: "final",
    summary: "Delete a player's account",
    detail: "Ends everything that a block ends. Personal data is erased after the time that the host has set.",
    fields: { user_id: user },
    reason: "required",
    example: 'user delete name:Player-7k2f --reason "asked for by mail"'
  },
  "adminGeo.countries": {
    path: ["user", "countries"],
    route: "GET /api/v1/admin/geo/users/:user_id/countries",
    tier: "read",
    summary: "Show from which countries a player's requests came",
    fields: { user_id: user },
    rows: "countries",
    columns: ["country", "count", "last_seen_at"],
    example: "user countries name:Player-7k2f"
  },
  "adminUserSessions.sessions": {
    path: ["user", "sessions"],
    route: "GET /api/v1/admin/users/:user_id/sessions",
    tier: "read",
    summary: "List a player's device sessions",
    fields: { user_id: user },
    rows: "sessions",
    columns: ["device_session_id", "status", "device_label", "created_at", "last_seen_at", "revoked_at"],
    example: "user sessions name:Player-7k2f"
  },
  "adminUserSessions.revocations": {
    path: ["user", "revocations"],
    route: "GET /api/v1/admin/users/:user_id/revocations",
    tier: "read",
    summary: "List who ended a player's sessions, and why",
    fields: { user_id: user },
    rows: "revocations",
    columns: ["device_session_id", "actor_kind", "actor_username", "reason", "revoked_at"],
    wide: ["revocation_id", "actor_user_id"],
    example: "user revocations name:Player-7k2f"
  },
  "adminUserSessions.revokeSessions": {
    path: ["user", "sign-out"],
    route: "POST /api/v1/admin/users/:user_id/sessions/revoke-all",
    tier: "undoable",
    summary: "End all sessions of a player, who has to sign in again",
    fields: { user_id: user },
    reason: "required",
    example: 'user sign-out name:Player-7k2f --reason "lost phone"'
  },
  "adminUserEnds.export": {
    path: ["user", "export"],
    route: "GET /api/v1/admin/users/:user_id/export",
    tier: "read",
    summary: "Export everything that is kept about a player",
    detail: "Personal data: redirect it to a file that only you can read.",
    fields: { user_id: user },
    example: "user export name:Player-7k2f -o json"
  }
} satisfies { [O in Operation]?: CommandSpec<O> }
