/** Applications on the admin surface: administrators decide them for public games. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import type { ApplicationId, GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Option, Struct } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited } from "../../../audit/Audited.ts"
import { errors as raceNameErrors } from "../../../race-name/http/errors.ts"
import { toApiWith } from "../../../shared/http/errors.ts"
import { errors as gameErrors } from "../../game/http/errors.ts"
import { errors as membershipErrors } from "../../membership/http/errors.ts"
import { Applications } from "../Applications.ts"
import { errors } from "./errors.ts"

const toApi = toApiWith({ ...raceNameErrors, ...gameErrors, ...membershipErrors, ...errors })

/** Handlers of `AdminApi`'s group `adminApplications`. */
export const applications = HttpApiBuilder.group(
  AdminApi,
  "adminApplications",
  Effect.fnUntraced(function* (handlers) {
    const applications = yield* Applications
    const decide = (
      decision: "approve" | "reject",
      params: { readonly game_id: GameId; readonly application_id: ApplicationId },
      reason: string
    ) =>
      toApi(
        audited(
          {
            name: `application.${decision}`,
            target: { kind: "application", id: params.application_id },
            reason,
            view: Effect.map(
              applications.get(params.game_id, params.application_id),
              // Without race name and game name: audit rows are never removed.
              Option.match({
                onNone: () => null,
                onSome: Struct.pick([
                  "application_id",
                  "game_id",
                  "applicant_user_id",
                  "status",
                  "created_at",
                  "decided_at"
                ])
              })
            )
          },
          applications[decision]("administrator", params.game_id, params.application_id)
        )
      )
    return handlers
      .handle("list", ({ params, query }) => toApi(applications.ofGame(params.game_id, query)))
      .handle("approve", ({ params, payload }) => decide("approve", params, payload.reason))
      .handle("reject", ({ params, payload }) => decide("reject", params, payload.reason))
  })
)
