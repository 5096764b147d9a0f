/** The services of players in running games, over the lobby, the runtime and the engines. */
import { Layer } from "effect"
import * as EarlyTurns from "../lobby/game/EarlyTurns.ts"
import * as PlayerAccess from "./PlayerAccess.ts"
import * as PlayerOrders from "./PlayerOrders.ts"
import * as PlayStore from "./PlayStore.ts"
import * as ReadyFlags from "./ReadyFlags.ts"
import * as SeatWrites from "./SeatWrites.ts"
import * as StatePruner from "./StatePruner.ts"

/** Orders, reports and ready flags. Reports are read until so long after a game's end; a little more than a year. */
export const layer = (options: Partial<PlayerAccess.PlayerAccessOptions> = {}) =>
  PlayerOrders.layer.pipe(
    Layer.provideMerge(ReadyFlags.layer),
    Layer.provide(PlayerAccess.layer({ keepReports: StatePruner.keepFor, ...options })),
    Layer.provide([PlayStore.layer, EarlyTurns.layer, SeatWrites.layer])
  )
