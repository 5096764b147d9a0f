/**
 * A computer player: a report and what it remembers in; the orders of the turn and what it will remember out.
 *
 * It knows only its own reports, so the same reports and style give the same orders. It plays by the ruleset `plus`.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { chooseTarget, furtherTargets } from "./aims.ts"
import { allyOf, vote } from "./alliance.ts"
import { design } from "./designs.ts"
import { enemiesOf, negotiate } from "./diplomacy.ts"
import { produce } from "./economy.ts"
import { blank, type Memory } from "./Memory.ts"
import { remember } from "./remember.ts"
import { layRoutes } from "./routes.ts"
import { explore } from "./scouting.ts"
import { settle } from "./settling.ts"
import { type Style, styleOf } from "./style.ts"
import { threatsTo } from "./threats.ts"
import { type View, viewOf } from "./View.ts"
import { fight } from "./war.ts"

/** What a bot does with one report. */
export interface BotTurn {
  /** None when the race has left or the game is over. */
  readonly orders: ReadonlyArray<Order>
  /** To be handed over with the next report. */
  readonly memory: Memory
}

/** Whether the race has no planet and no colonists to settle one: then none of its ships can be sent any more. */
const isBeaten = ({ own, report }: View): boolean =>
  own.size === 0 && !report.my_groups.some((it) => it.goods === "COL")

/** Plays the turn after a report, with the memory that the turn before returned; `blank` at first. */
export const playTurn = (report: Report, memory: Memory, style: Style): BotTurn => {
  const known = remember(memory, report)
  const view = viewOf(report, known, style)
  if (view === undefined) return { orders: [], memory: known }
  const ally = allyOf(view)
  const target = chooseTarget(view, ally)
  const aimed = target === null ? undefined : report.players[target[0]]?.name
  const enemies = enemiesOf(view, [...(aimed === undefined ? [] : [aimed]), ...furtherTargets(view, ally)])
  if (isBeaten(view)) return { orders: [{ op: "quit", race: report.race }], memory: known }
  design(view)
  negotiate(view, enemies)
  vote(view, ally)
  explore(view)
  settle(view)
  layRoutes(view)
  const threats = threatsTo(view, enemies)
  fight(view, enemies, threats)
  const isInDanger = report.my_planets.some((it) => threats.has(it.number))
  produce(view, { isAtWar: enemies.size > 0, isInDanger })
  return {
    // A race without orders counts as idle, so a bot with nothing to change sends a harmless order.
    orders: view.orders.length > 0 ? view.orders : [{ op: "merge_groups" }],
    memory: { ...known, target }
  }
}

/** Orders for the turn after a report, by a bot that remembers nothing; none when the race has left. */
export const botOrders = (report: Report, style: Style = styleOf(report.race)): ReadonlyArray<Order> =>
  playTurn(report, blank, style).orders
