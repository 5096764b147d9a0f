/** Runtimes of games, and the engine versions that they run on. */
import type { CommandSpec, Operation } from "./types.ts"

const game = { arg: "GAME", kind: "game", help: "the game's id, or name:NAME" } as const
const version = { arg: "VERSION", kind: "text", help: "such as 1.4.2" } as const

/** Commands for engines. */
export const runtimes = {
  "adminRuntimes.get": {
    path: ["runtime", "get"],
    route: "GET /api/v1/admin/runtimes/:game_id",
    tier: "read",
    summary: "Show a game's engine and turns",
    fields: { game_id: game },
    example: "runtime get name:Orion"
  },
  "adminRuntimes.restart": {
    path: ["runtime", "restart"],
    route: "POST /api/v1/admin/runtimes/:game_id/restart",
    tier: "undoable",
    summary: "Restart a game's engine",
    fields: { game_id: game },
    reason: "required",
    wait: "engine",
    example: 'runtime restart name:Orion --wait --reason "hangs"'
  },
  "adminRuntimes.patch": {
    path: ["runtime", "patch"],
    route: "POST /api/v1/admin/runtimes/:game_id/patch",
    tier: "undoable",
    summary: "Move a game to a newer patch of its engine version",
    fields: { game_id: game, version },
    reason: "required",
    wait: "engine",
    example: 'runtime patch name:Orion 1.4.3 --wait --reason "bug in battles"'
  },
  "adminRuntimes.forceNextTurn": {
    path: ["runtime", "next-turn"],
    route: "POST /api/v1/admin/runtimes/:game_id/force-next-turn",
    tier: "undoable",
    summary: "Make a game's next turn now, or try a failed one again",
    fields: {
      game_id: game,
      expected_turn: {
        flag: "expect",
        kind: "int",
        metavar: "TURN",
        required: true,
        help: "the newest turn that you know of; repeats with the same one make one turn"
      }
    },
    reason: "optional",
    wait: "turn",
    example: "runtime next-turn name:Orion --expect 12"
  },
  "adminRuntimes.operations": {
    path: ["runtime", "operations"],
    route: "GET /api/v1/admin/runtimes/:game_id/operations",
    tier: "read",
    summary: "List what was done to a game in play",
    fields: { game_id: game },
    rows: "operations",
    columns: ["started_at", "op", "status", "turn", "finished_at", "error"],
    wide: ["operation_id"],
    example: "runtime operations name:Orion"
  },
  "adminRuntimes.health": {
    path: ["runtime", "health"],
    route: "GET /api/v1/admin/runtimes/:game_id/health",
    tier: "read",
    summary: "List changes of an engine's health",
    fields: { game_id: game },
    rows: "health",
    columns: ["observed_at", "health", "detail"],
    wide: ["snapshot_id", "engine_instance"],
    example: "runtime health name:Orion"
  },
  "adminEngineVersions.list": {
    path: ["engine", "list"],
    route: "GET /api/v1/admin/engine-versions",
    tier: "read",
    summary: "List engine versions, newest first",
    fields: {},
    rows: "engine_versions",
    columns: ["version", "image_ref", "enabled", "created_at"],
    example: "engine list"
  },
  "adminEngineVersions.register": {
    path: ["engine", "register"],
    route: "POST /api/v1/admin/engine-versions",
    tier: "plain",
    summary: "Register an engine version",
    fields: { version, image_ref: { arg: "IMAGE", kind: "text", help: "the image that games start with" } },
    reason: "optional",
    example: "engine register 1.5.0 registry.example.org/galaxy-engine:1.5.0"
  },
  "adminEngineVersions.update": {
    path: ["engine", "update"],
    route: "PATCH /api/v1/admin/engine-versions/:version",
    tier: "plain",
    summary: "Change an engine version's image, or enable it again",
    fields: {
      version,
      image_ref: { flag: "image", kind: "text", metavar: "REF", help: "the image that games start with" },
      enabled: { flag: "enabled", kind: "bool", help: "whether games may start on it (--no-enabled: they may not)" }
    },
    reason: "optional",
    example: "engine update 1.5.0 --enabled"
  },
  "adminEngineVersions.disable": {
    path: ["engine", "disable"],
    route: "POST /api/v1/admin/engine-versions/:version/disable",
    tier: "undoable",
    summary: "Let no more games start on an engine version; games on it go on",
    fields: { version },
    reason: "optional",
    example: "engine disable 1.4.1"
  }
} satisfies { [O in Operation]?: CommandSpec<O> }
