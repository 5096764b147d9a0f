/** A device on which the orders of turn after turn are written, by a clock that the test moves. */
import type { Order } from "@galaxy/contract/engine/Order"
import * as Draft from "@galaxy/web/core/game/Draft"
import * as DraftLines from "@galaxy/web/core/game/draftLines"
import type { Player } from "@galaxy/web/core/session/Session"
import type { FakeOrders } from "./fakeOrders.ts"
import { handTimer } from "./handTimer.ts"

/** `call` where its calls take another way to the server. */
export const device = (server: FakeOrders, call: Player["call"] = server.call) => {
  const timer = handTimer()
  let passed = 0
  const draft = Draft.make({
    gameId: "game",
    call,
    keep: server.keep,
    timer,
    forecast: async (_, orders) => orders.map((__, position) => ({ position, accepted: true })),
    onPassed: () => passed++
  })
  return {
    draft,
    timer,
    /** How often the server has said that the turn has passed. */
    passed: () => passed,
    add: (...orders: ReadonlyArray<Order>) => draft.edit((lines) => DraftLines.add(lines, ...orders)),
    orders: () => DraftLines.ordersOf(draft.state.get().lines),
    save: () => draft.state.get().save
  }
}
