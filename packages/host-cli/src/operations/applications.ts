/** Applications to public games. */
import { game } from "./gameArgument.ts"
import type { CommandSpec, Operation } from "./types.ts"

const application = { arg: "APPLICATION", kind: "text", help: "the application's id" } as const

/** Commands for applications. */
export const applications = {
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
