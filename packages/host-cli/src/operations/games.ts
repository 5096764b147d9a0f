/** Games in the lobby: what they are like, and who is in them. */
import { game } from "./gameArgument.ts"
import type { CommandSpec, Operation } from "./types.ts"

const settings = {
  description: { flag: "description", kind: "text", help: "shown to players" },
  time_zone: {
    flag: "time-zone",
    kind: "text",
    metavar: "ZONE",
    help: "of the schedule, such as Europe/Berlin; UTC if absent"
  },
  computer_players: { flag: "computer-players", kind: "int", help: "seats that the engine plays" },
  early_turns: { flag: "early-turns", kind: "bool", help: "make a turn early once all players are ready" },
  missed_turns_reminder: {
    flag: "missed-turns-reminder",
    kind: "int",
    help: "turns without orders before a reminder; 0 for never"
  },
  missed_turns_limit: {
    flag: "missed-turns-limit",
    kind: "int",
    help: "turns without orders before --absence-action; 0 for never"
  },
  absence_action: {
    flag: "absence-action",
    kind: "text",
    choices: ["none", "computer", "removal"],
    help: "what becomes of an absent player's seat"
  }
} as const

const common = {
  engine_version: { flag: "engine", kind: "text", metavar: "VERSION", help: "engine version; the newest if absent" },
  enrollment_ends_at: { flag: "enrollment-ends", kind: "time", help: "when joining ends by itself" }
} as const

/** Commands for games. */
export const games = {
  "adminGames.list": {
    path: ["game", "list"],
    route: "GET /api/v1/admin/games",
    tier: "read",
    summary: "List games, newest first",
    fields: {
      status: {
        flag: "status",
        kind: "text",
        choices: [
          "draft",
          "enrollment_open",
          "ready_to_start",
          "starting",
          "start_failed",
          "running",
          "paused",
          "finished",
          "cancelled"
        ],
        help: "only games in this state"
      },
      visibility: {
        flag: "visibility",
        kind: "text",
        choices: ["private", "public"],
        help: "only private or public games"
      },
      owner_user_id: { flag: "owner", kind: "user", metavar: "USER", help: "only games of this player" },
      name: { flag: "name", kind: "text", metavar: "START", help: "only names that begin like this" }
    },
    rows: "games",
    columns: ["game_id", "game_name", "status", "current_turn", "next_turn_at"],
    wide: [
      "runtime_status",
      "member_count",
      "visibility",
      "owner_user_id",
      "engine_version",
      "turn_schedule",
      "time_zone",
      "created_at"
    ],
    example: "game list --status running"
  },
  "adminGames.get": {
    path: ["game", "get"],
    route: "GET /api/v1/admin/games/:game_id",
    tier: "read",
    summary: "Show a game",
    fields: { game_id: game },
    example: "game get name:Orion"
  },
  "adminGames.why": {
    path: ["why"],
    route: "GET /api/v1/admin/games/:game_id/why",
    tier: "read",
    summary: "Explain why a game makes its next turn when it does, or none",
    fields: { game_id: game },
    example: "why name:Orion"
  },
  "adminGames.create": {
    path: ["game", "create"],
    route: "POST /api/v1/admin/games",
    tier: "plain",
    summary: "Create a public game as a draft",
    fields: {
      game_name: { flag: "name", kind: "text", required: true, help: "the game's name" },
      min_players: { flag: "min-players", kind: "int", required: true, help: "players needed to start" },
      max_players: { flag: "max-players", kind: "int", required: true, help: "places" },
      turn_schedule: {
        flag: "schedule",
        kind: "text",
        required: true,
        metavar: "CRON",
        help: 'when turns are made: minute, hour, day, month, weekday, such as "0 6 * * *"'
      },
      idempotency_key: {
        flag: "idempotency-key",
        kind: "text",
        metavar: "KEY",
        help: "new for each game; repeated with the same one, it makes one game"
      },
      ...common,
      ...settings
    },
    reason: "optional",
    example: 'game create --name Orion --min-players 4 --max-players 8 --schedule "0 6 * * *"'
  },
  "adminGames.update": {
    path: ["game", "edit"],
    route: "PATCH /api/v1/admin/games/:game_id",
    tier: "plain",
    summary: "Change a public game; what isn't named stays",
    fields: {
      game_id: game,
      game_name: { flag: "name", kind: "text", help: "the game's name" },
      min_players: { flag: "min-players", kind: "int", help: "players needed to start" },
      max_players: { flag: "max-players", kind: "int", help: "places" },
      turn_schedule: { flag: "schedule", kind: "text", metavar: "CRON", help: "when turns are made" },
      engine_version: { ...common.engine_version, help: 'engine version; "" for the newest' },
      enrollment_ends_at: { ...common.enrollment_ends_at, help: 'when joining ends by itself; "" for not at all' },
      ...settings
    },
    reason: "optional",
    example: "game edit name:Orion --max-players 12"
  },
  "adminGames.members": {
    path: ["game", "members"],
    route: "GET /api/v1/admin/games/:game_id/members",
    tier: "read",
    summary: "List a game's players and how they stand",
    fields: { game_id: game },
    rows: "memberships",
    columns: ["user_id", "display_name", "race_name", "status", "planets", "orders_given_at", "eliminated"],
    wide: ["membership_id", "population", "orders", "refused", "joined_at", "left_at"],
    example: "game members name:Orion"
  }
} satisfies { [O in Operation]?: CommandSpec<O> }
