/** `why`: asks the server, and shows what it knows with the commands that lead on. */
import { Clock, Effect } from "effect"
import { Api } from "../client/Api.ts"
import { seen } from "../client/form.ts"
import { NeedsAction } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Output } from "../output/Output.ts"
import { withServices } from "./services.ts"
import { targetId } from "./targets.ts"
import { whyForm } from "./whyForm.ts"
import { needsAction, whyText } from "./whyText.ts"

/** Fails with `NeedsAction` where somebody must act, and with `BadAnswer` where the server doesn't say what is in the way. */
export const why = (game: string) =>
  withServices(
    Effect.gen(function* () {
      const { ask } = yield* Api
      const output = yield* Output
      const { utc } = yield* Globals
      const game_id = yield* targetId("game", game)
      const { document, unreadable } = yield* ask("adminGames.why", { params: { game_id } })
      const found = seen(document, whyForm)
      if (found === undefined) return yield* unreadable
      const now = yield* Clock.currentTimeMillis
      const zone = utc ? "UTC" : (found.time_zone ?? "UTC")
      yield* output.item(document, whyText({ ...found, game_id }, { now, zone }))
      if (found.blocks === undefined) return yield* unreadable
      if (needsAction(found)) return yield* new NeedsAction({ message: "Somebody must act." })
    })
  )
