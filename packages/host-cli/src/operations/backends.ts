/** Backends that share the games of a database. */
import type { CommandSpec, Operation } from "./types.ts"

/** Commands for backends. */
export const backends = {
  "adminBackends.list": {
    path: ["backend", "list"],
    route: "GET /api/v1/admin/backends",
    tier: "read",
    summary: "List the backends that share the games, with those that are lost",
    detail:
      "Games of one that isn't healthy are owned by others. `games` is how many each owns, as it counted them some seconds ago; `answering` marks the one that gave this answer. A backend that is alone by its settings (no BACKEND_CLUSTER_ADDR) lists none.",
    fields: {},
    rows: "backends",
    columns: ["address", "healthy", "heartbeat_at", "games", "release", "started_at", "answering"],
    example: "backend list"
  }
} satisfies { [O in Operation]?: CommandSpec<O> }
