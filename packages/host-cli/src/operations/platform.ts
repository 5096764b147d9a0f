/** Administrators, blocked addresses, mails, notifications, and how the backend is doing. */
import type { CommandSpec, Operation } from "./types.ts"

const admin = { arg: "NAME", kind: "text", help: "the administrator's name" } as const
const delivery = { arg: "ID", kind: "text", help: "the mail's id" } as const

/** Commands for the platform itself. */
export const platform = {
  "adminAccounts.list": {
    path: ["admin", "list"],
    route: "GET /api/v1/admin/admin-accounts",
    tier: "read",
    summary: "List administrators",
    fields: {},
    rows: "admin_accounts",
    columns: ["username", "created_at", "last_used_at", "disabled_at"],
    example: "admin list"
  },
  "adminAccounts.get": {
    path: ["admin", "get"],
    route: "GET /api/v1/admin/admin-accounts/:username",
    tier: "read",
    summary: "Show an administrator",
    fields: { username: admin },
    example: "admin get ada"
  },
  "adminAccounts.create": {
    path: ["admin", "create"],
    route: "POST /api/v1/admin/admin-accounts",
    tier: "plain",
    summary: "Create an administrator",
    fields: { username: admin, password: { secret: "password" } },
    reason: "optional",
    example: "admin create ada --generate"
  },
  "adminAccounts.disable": {
    path: ["admin", "disable"],
    route: "POST /api/v1/admin/admin-accounts/:username/disable",
    tier: "undoable",
    summary: "Keep an administrator from signing in",
    fields: { username: admin },
    reason: "optional",
    example: "admin disable ada"
  },
  "adminAccounts.enable": {
    path: ["admin", "enable"],
    route: "POST /api/v1/admin/admin-accounts/:username/enable",
    tier: "plain",
    summary: "Let an administrator sign in again",
    fields: { username: admin },
    reason: "optional",
    example: "admin enable ada"
  },
  "adminAccounts.resetPassword": {
    path: ["admin", "reset-password"],
    route: "POST /api/v1/admin/admin-accounts/:username/reset-password",
    tier: "undoable",
    summary: "Give an administrator a new password",
    fields: { username: admin, password: { secret: "password" } },
    reason: "optional",
    example: "admin reset-password ada --generate"
  },
  "adminBlockedAddresses.list": {
    path: ["address", "list"],
    route: "GET /api/v1/admin/blocked-addresses",
    tier: "read",
    summary: "List blocked addresses, by their hashes",
    fields: {},
    rows: "blocked_addresses",
    columns: ["address_hash", "reason", "blocked_by", "blocked_at"],
    wide: ["blocked_address_id"],
    example: "address list"
  },
  "adminBlockedAddresses.block": {
    path: ["address", "block"],
    route: "POST /api/v1/admin/blocked-addresses",
    tier: "undoable",
    summary: "Let nobody sign in with an address",
    detail: "The address is asked for or read from standard input, since others can see arguments.",
    fields: { email: { secret: "address" } },
    reason: "required",
    example: 'address block --yes --reason "spam" < address.txt'
  },
  "adminBlockedAddresses.remove": {
    path: ["address", "unblock"],
    route: "POST /api/v1/admin/blocked-addresses/remove",
    tier: "undoable",
    summary: "Let an address sign in again",
    detail: "The address is asked for or read from standard input, since others can see arguments.",
    fields: { email: { secret: "address" } },
    reason: "required",
    example: 'address unblock --yes --reason "mistake" < address.txt'
  },
  "adminMail.deliveries": {
    path: ["mail", "list"],
    route: "GET /api/v1/admin/mail/deliveries",
    tier: "read",
    summary: "List mails, newest first",
    fields: {
      status: {
        flag: "status",
        kind: "text",
        choices: ["pending", "sending", "retrying", "sent", "dead_lettered"],
        help: "only mails in this state"
      },
      template_id: { flag: "kind", kind: "text", help: "only this kind, such as auth.login_code" },
      user_id: { flag: "user", kind: "user", metavar: "USER", help: "only mails to this player" }
    },
    rows: "deliveries",
    columns: ["delivery_id", "status", "template_id", "attempts", "created_at"],
    wide: ["to", "next_attempt_at", "message_id", "expires_at", "sent_at"],
    example: "mail list --status retrying"
  },
  "adminMail.delivery": {
    path: ["mail", "get"],
    route: "GET /api/v1/admin/mail/deliveries/:delivery_id",
    tier: "read",
    summary: "Show a mail, without its text",
    fields: { delivery_id: delivery },
    example: "mail get 0190a0b0-0000-7000-8000-000000000001"
  },
  "adminMail.attempts": {
    path: ["mail", "attempts"],
    route: "GET /api/v1/admin/mail/deliveries/:delivery_id/attempts",
    tier: "read",
    summary: "List the attempts to send a mail",
    fields: { delivery_id: delivery },
    rows: "attempts",
    columns: ["attempt_no", "started_at", "finished_at", "outcome", "error"],
    example: "mail attempts 0190a0b0-0000-7000-8000-000000000001"
  },
  "adminMail.resend": {
    path: ["mail", "resend"],
    route: "POST /api/v1/admin/mail/deliveries/:delivery_id/resend",
    tier: "plain",
    summary: "Send a mail again that wasn't sent",
    fields: { delivery_id: delivery },
    reason: "optional",
    example: "mail resend 0190a0b0-0000-7000-8000-000000000001"
  },
  "adminMail.deadLetters": {
    path: ["mail", "dead"],
    route: "GET /api/v1/admin/mail/dead-letters",
    tier: "read",
    summary: "List mails that were given up",
    fields: {},
    rows: "dead_letters",
    columns: ["delivery_id", "template_id", "reason", "archived_at"],
    wide: ["dead_letter_id"],
    example: "mail dead"
  },
  "adminNotifications.list": {
    path: ["notification", "list"],
    route: "GET /api/v1/admin/notifications",
    tier: "read",
    summary: "List notifications, newest first",
    fields: {
      kind: { flag: "kind", kind: "text", help: "only this kind, such as game.turn.ready" },
      user_id: { flag: "user", kind: "user", metavar: "USER", help: "only those for this player" }
    },
    rows: "notifications",
    columns: ["notification_id", "kind", "created_at", "idempotency_key"],
    wide: ["payload"],
    example: "notification list --kind game.turn.ready"
  },
  "adminNotifications.get": {
    path: ["notification", "get"],
    route: "GET /api/v1/admin/notifications/:notification_id",
    tier: "read",
    summary: "Show a notification and what became of it",
    fields: { notification_id: { arg: "ID", kind: "text", help: "the notification's id" } },
    example: "notification get 0190a0b0-0000-7000-8000-000000000001"
  },
  "adminNotifications.deadLetters": {
    path: ["notification", "dead"],
    route: "GET /api/v1/admin/notifications/dead-letters",
    tier: "read",
    summary: "List notifications that reached somebody not at all",
    fields: {},
    rows: "dead_letters",
    columns: ["notification_id", "kind", "user_id", "reason", "archived_at"],
    wide: ["dead_letter_id", "route_id", "delivery_id"],
    example: "notification dead"
  },
  "adminNotifications.channelDeadLetters": {
    path: ["notification", "undelivered"],
    route: "GET /api/v1/admin/notifications/channel-dead-letters",
    tier: "read",
    summary: "List deliveries by channels of the embedding program that were given up",
    fields: {},
    rows: "deliveries",
    columns: ["delivery_id", "kind", "channel", "user_id", "reason", "updated_at"],
    wide: ["notification_id", "status", "attempts", "created_at"],
    example: "notification undelivered"
  },
  "adminNotifications.resendByChannel": {
    path: ["notification", "redeliver"],
    route: "POST /api/v1/admin/notifications/channel-deliveries/:delivery_id/resend",
    tier: "plain",
    summary: "Deliver again what a channel has given up",
    fields: { delivery_id: { arg: "ID", kind: "text", help: "the delivery's id" } },
    reason: "optional",
    example: "notification redeliver 0190a0b0-0000-7000-8000-000000000001"
  },
  "adminNotifications.malformed": {
    path: ["notification", "malformed"],
    route: "GET /api/v1/admin/notifications/malformed",
    tier: "read",
    summary: "List what was submitted and is no notification",
    fields: {},
    rows: "malformed",
    columns: ["id", "received_at", "reason"],
    wide: ["payload"],
    example: "notification malformed"
  },
  "adminDiagnostics.get": {
    path: ["doctor"],
    route: "GET /api/v1/admin/diagnostics",
    tier: "read",
    summary: "Check how the platform is doing",
    fields: {},
    example: "doctor"
  }
} satisfies { [O in Operation]?: CommandSpec<O> }
