/** The services of players in running games, over the lobby, the runtime and the engines. */
import { Layer } from "effect"
import * as PlayerAccess from "./PlayerAccess.ts"
import * as PlayerOrders from "./PlayerOrders.ts"
import * as PlayStore from "./PlayStore.ts"
import * as ReadyFlags from "./ReadyFlags.ts"

/** Orders, reports and ready flags. */
export const layer = Layer.merge(PlayerOrders.layer, ReadyFlags.layer).pipe(
  Layer.provide(PlayerAccess.layer),
  Layer.provide(PlayStore.layer)
)
