/** Hosts that engines run on. */
import type { CommandSpec, Operation } from "./types.ts"

const host = { arg: "HOST", kind: "text", help: "the host's name" } as const

/** Commands for hosts of engines. */
export const hosts = {
  "adminEngineHosts.list": {
    path: ["host", "list"],
    route: "GET /api/v1/admin/engine-hosts",
    tier: "read",
    summary: "List hosts of engines, with the games on each",
    detail:
      "As the backend that answers sees them; `seen_at` is when any backend last heard of one. A host that is being drained is empty when no games are left on it. With `--wide`: games whose state is on the host alone, and whether it is in the settings.",
    fields: {},
    rows: "engine_hosts",
    columns: ["host_id", "answers", "draining", "games", "most", "seen_at", "trouble"],
    wide: ["games_bound", "in_settings"],
    example: "host list"
  },
  "adminEngineHosts.drain": {
    path: ["host", "drain"],
    route: "POST /api/v1/admin/engine-hosts/:host_id/drain",
    tier: "undoable",
    summary: "Have a host's games moved to other hosts, between their turns",
    detail:
      "It gets no further games. `host list` shows how many are left on it. Where no other host has room they stay, and go on.",
    fields: { host_id: host },
    reason: "optional",
    example: 'host drain beta --yes --reason "new disk"'
  },
  "adminEngineHosts.undrain": {
    path: ["host", "undrain"],
    route: "POST /api/v1/admin/engine-hosts/:host_id/undrain",
    tier: "plain",
    summary: "Let a drained host have games again",
    fields: { host_id: host },
    reason: "optional",
    example: "host undrain beta"
  },
  "adminEngineHosts.forget": {
    path: ["host", "forget"],
    route: "POST /api/v1/admin/engine-hosts/:host_id/forget",
    tier: "plain",
    summary: "Take a host that is gone for good off the list",
    detail: "Take it out of the backends' settings first. A host that still has games isn't forgotten.",
    fields: { host_id: host },
    reason: "optional",
    example: "host forget beta"
  }
} satisfies { [O in Operation]?: CommandSpec<O> }
