/** Steps of games from one state to the next, and what ends somebody's part in one. */
import { game } from "./gameArgument.ts"
import type { CommandSpec, Operation } from "./types.ts"

/** Commands for a game's course. */
export const gameSteps = {
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
  }
} satisfies { [O in Operation]?: CommandSpec<O> }
