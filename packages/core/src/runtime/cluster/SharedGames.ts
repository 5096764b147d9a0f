/** Whether other backends may own games too. */
import { Context } from "effect"

/** False where all games are owned by this process: a host with several backends provides true beside its `Sharding`. */
export const SharedGames = Context.Reference<boolean>("@galaxy/core/runtime/cluster/SharedGames", {
  defaultValue: () => false
})
