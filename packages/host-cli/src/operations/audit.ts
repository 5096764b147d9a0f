/** The audit log. */
import type { CommandSpec, Operation } from "./types.ts"

/** Commands for the audit log. */
export const audit = {
  "adminAudit.list": {
    path: ["audit", "list"],
    route: "GET /api/v1/admin/audit",
    tier: "read",
    summary: "List who changed what, when and why, newest first",
    fields: {
      actor: { flag: "actor", kind: "text", metavar: "NAME", help: "only this administrator" },
      action: { flag: "action", kind: "text", metavar: "NOUN.VERB", help: "only this action, such as game.pause" },
      target_id: { flag: "target", kind: "text", metavar: "ID", help: "only what was done to this game, player, …" },
      request_id: { flag: "request", kind: "text", metavar: "ID", help: "only what this request did" },
      since: { flag: "since", kind: "time", help: "from this time on" },
      until: { flag: "until", kind: "time", help: "before this time" }
    },
    rows: "audit",
    columns: ["at", "actor", "action", "target_kind", "target_id", "dry_run", "reason"],
    wide: ["audit_id", "request_id"],
    example: "audit list --actor ada --since 2026-11-01"
  },
  "adminAudit.get": {
    path: ["audit", "get"],
    route: "GET /api/v1/admin/audit/:audit_id",
    tier: "read",
    summary: "Show one row of the audit log, with what was before and after",
    fields: { audit_id: { arg: "ID", kind: "text", help: "the row's id" } },
    example: "audit get 0190a0b0-0000-7000-8000-000000000001"
  }
} satisfies { [O in Operation]?: CommandSpec<O> }
