/** Games in the lobby, and applications to them. */
import type { CommandSpec, Operation } from "./types.ts"

const game = { arg: "GAME", kind: "game", help: "the game's id, or name:NAME" } as const
const application = { arg: "APPLICATION", kind: "text", help: "the application's id" } as const

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
  },
  "adminGames.openEnrollment": {
    path: ["game", "open"],
    route: "POST /api/v1/admin/games/:game_id/open-enrollment",
    tier: "plain",
    summary: "Let players apply to a public game",
    fields: { game_id: game },
    reason: "optional",
    example: "game open name:Orion"
  },
  "adminGames.readyToStart": {
    path: ["game", "ready"],
    route: "POST /api/v1/admin/games/:game_id/ready-to-start",
    tier: "plain",
    summary: "End enrolment of a public game",
    fields: { game_id: game },
    reason: "optional",
    example: "game ready name:Orion"
  },
  "adminGames.start": {
    path: ["game", "start"],
    route: "POST /api/v1/admin/games/:game_id/start",
    tier: "plain",
    summary: "Start a public game",
    fields: { game_id: game },
    reason: "optional",
    wait: "start",
    example: "game start name:Orion --wait"
  },
  "adminGames.pause": {
    path: ["game", "pause"],
    route: "POST /api/v1/admin/games/:game_id/pause",
    tier: "undoable",
    summary: "Pause a public game: no turns are made until it is resumed",
    fields: { game_id: game },
    reason: "optional",
    example: "game pause name:Orion"
  },
  "adminGames.resume": {
    path: ["game", "resume"],
    route: "POST /api/v1/admin/games/:game_id/resume",
    tier: "plain",
    summary: "Resume a paused public game",
    fields: { game_id: game },
    reason: "optional",
    example: "game resume name:Orion"
  },
  "adminGames.cancel": {
    path: ["game", "cancel"],
    route: "POST /api/v1/admin/games/:game_id/cancel",
    tier: "final",
    summary: "Cancel a game for good",
    fields: { game_id: game },
    reason: "required",
    example: 'game cancel name:Orion --reason "too few players"'
  },
  "adminGames.retryStart": {
    path: ["game", "retry"],
    route: "POST /api/v1/admin/games/:game_id/retry-start",
    tier: "plain",
    summary: "Make a public game whose start failed ready again; then: game start",
    fields: { game_id: game },
    reason: "optional",
    example: "game retry name:Orion"
  },
  "adminGames.forceStart": {
    path: ["game", "force-start"],
    route: "POST /api/v1/admin/games/:game_id/force-start",
    tier: "undoable",
    summary: "Start any game with the players that it has, or one that was stopped",
    detail: "A game that was stopped goes on where it was, on a newer engine version if --engine names one.",
    fields: {
      game_id: game,
      engine_version: { flag: "engine", kind: "text", metavar: "VERSION", help: "go on with this newer engine version" }
    },
    reason: "optional",
    wait: "start",
    example: "game force-start name:Orion --engine 1.5.0"
  },
  "adminGames.forceStop": {
    path: ["game", "force-stop"],
    route: "POST /api/v1/admin/games/:game_id/force-stop",
    tier: "undoable",
    summary: "Stop any game's engine and keep its state",
    fields: { game_id: game },
    reason: "optional",
    wait: "stop",
    example: "game force-stop name:Orion"
  },
  "adminGames.banMember": {
    path: ["game", "ban"],
    route: "POST /api/v1/admin/games/:game_id/ban-member",
    tier: "final",
    summary: "Remove a player from a game for good",
    fields: { game_id: game, user_id: { arg: "USER", kind: "user", help: "the player's id, or name:USERNAME" } },
    reason: "required",
    example: 'game ban name:Orion name:Player-7k2f --reason "insults"'
  },
  "adminApplications.list": {
    path: ["game", "applications"],
    route: "GET /api/v1/admin/games/:game_id/applications",
    tier: "read",
    summary: "List applications to a public game",
    fields: {
      game_id: game,
      status: {
        flag: "status",
        kind: "text",
        choices: ["pending", "approved", "rejected"],
        help: "only applications in this state"
      }
    },
    rows: "applications",
    columns: ["application_id", "applicant_user_id", "race_name", "status", "created_at", "decided_at"],
    example: "game applications name:Orion --status pending"
  },
  "adminApplications.approve": {
    path: ["game", "approve"],
    route: "POST /api/v1/admin/games/:game_id/applications/:application_id/approve",
    tier: "plain",
    summary: "Give an applicant a seat",
    fields: { game_id: game, application_id: application },
    reason: "required",
    example: 'game approve name:Orion 0190a0b0-0000-7000-8000-000000000001 --reason "first come"'
  },
  "adminApplications.reject": {
    path: ["game", "reject"],
    route: "POST /api/v1/admin/games/:game_id/applications/:application_id/reject",
    tier: "plain",
    summary: "Turn an application down",
    fields: { game_id: game, application_id: application },
    reason: "required",
    example: 'game reject name:Orion 0190a0b0-0000-7000-8000-000000000001 --reason "full"'
  }
} satisfies { [O in Operation]?: CommandSpec<O> }
