/** The containers of engines that the platform's backends have started, and that run. */
import { Effect } from "effect"
import type { Run } from "./Run.ts"
import type { EngineContainer } from "./Stack.ts"
import { failed, type StackFailed } from "./StackFailed.ts"

/** Finds those of a game in a run. */
export const enginesIn =
  ({ docker, engines, installation }: Run) =>
  (gameId: string): Effect.Effect<ReadonlyArray<EngineContainer>, StackFailed> =>
    Effect.tryPromise({
      try: async () => {
        const filters = JSON.stringify({ label: [`galaxy.installation=${installation}`, `galaxy.game=${gameId}`] })
        const found = await docker.listContainers({ filters })
        return found.map(({ Id, Labels, NetworkSettings }) => ({
          id: Id,
          url: `http://${NetworkSettings.Networks[engines]?.IPAddress ?? ""}:8080`,
          labels: Labels
        }))
      },
      catch: failed("engines can't be listed")
    })
