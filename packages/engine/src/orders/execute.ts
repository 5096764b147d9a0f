/**
 * Carries out orders, one after another: the one place that knows which operation does what.
 *
 * A refused order changes nothing, except that its race no longer counts as idle.
 */
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import type { OrderOp } from "@galaxy/contract/engine/OrderArguments"
import { Result } from "effect"
import type { Draft, DraftRace } from "../state/Draft.ts"
import { onlyTaken } from "./arguments.ts"
import { load, unload } from "./cargo.ts"
import { deleteClass, designClass, renameClass } from "./classes.ts"
import { peace, war } from "./diplomacy.ts"
import { give } from "./gifts.ts"
import { breakGroup, dismantle, joinFleet, mergeFleets } from "./groups.ts"
import { groupsChanged, mergeAll } from "./mergeAll.ts"
import { route, send } from "./movement.ts"
import { produce } from "./produce.ts"
import { quit } from "./quit.ts"
import type { OrderRefusal } from "./Refusal.ts"
import { renamePlanet } from "./renamePlanet.ts"
import { createScience, deleteScience } from "./sciences.ts"
import { upgrade } from "./upgrade.ts"
import { vote } from "./vote.ts"

/** Carries out an order, or refuses it. A text that it succeeds with tells the player what the order will do. */
type Operation = (draft: Draft, race: DraftRace, order: Order) => Result.Result<unknown, OrderRefusal>

const operations: { readonly [Op in OrderOp]: Operation } = {
  peace,
  war,
  break_group: breakGroup,
  design_class: designClass,
  delete_class: deleteClass,
  rename_class: renameClass,
  create_science: createScience,
  delete_science: deleteScience,
  merge_groups: mergeAll,
  join_fleet: joinFleet,
  merge_fleets: mergeFleets,
  give,
  dismantle,
  load,
  unload,
  rename_planet: renamePlanet,
  produce,
  route,
  send,
  vote,
  upgrade,
  quit
}

/** Operations that may change groups: ships, loads, plans, fleets or classes. */
const changeGroups: ReadonlySet<OrderOp> = new Set([
  "break_group",
  "rename_class",
  "join_fleet",
  "merge_fleets",
  "give",
  "dismantle",
  "load",
  "unload",
  "send",
  "upgrade"
])

/** Any order but quitting shows that the race plays on, even a refused one. */
const present = (race: DraftRace, order: Order): void => {
  if (order.op === "quit") return
  race.idle_turns = 0
  race.quitting = false
}

/** Carries out a race's orders in sequence, each on the state that those before it left. Returns a verdict for each. */
export const executeAll = (draft: Draft, race: DraftRace, orders: ReadonlyArray<Order>): ReadonlyArray<OrderVerdict> =>
  orders.map((order, position): OrderVerdict => {
    present(race, order)
    const outcome = Result.flatMap(onlyTaken(order), () => operations[order.op](draft, race, order))
    if (Result.isSuccess(outcome)) {
      if (changeGroups.has(order.op)) groupsChanged(race)
      const { success } = outcome
      return { position, accepted: true, ...(typeof success === "string" ? { message: success } : {}) }
    }
    const { code, message } = outcome.failure
    return { position, accepted: false, code, message }
  })
