/** `why`: asks the server, and shows what it knows with the commands that lead on. */
import { Clock, Effect } from "effect"
import { Api } from "../client/Api.ts"
import { NeedsAction } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Output } from "../output/Output.ts"
import { withServices } from "./services.ts"
import { targetId } from "./targets.ts"
import { needsAction, type Why, whyText } from "./whyText.ts"

/** Fails with `NeedsAction` where somebody must act. */
export const why = (game: string) =>
  withServices(
    Effect.gen(function* () {
      const { callAny } = yield* Api
      const output = yield* Output
      const { utc } = yield* Globals
      const answer = yield* callAny("adminGames.why", { params: { game_id: yield* targetId("game", game) } })
      const found = answer as unknown as Why
      const now = yield* Clock.currentTimeMillis
      yield* output.item(answer, whyText(found, { now, zone: utc ? "UTC" : found.time_zone }))
      if (needsAction(found)) return yield* new NeedsAction({ message: "Somebody must act." })
    })
  )
