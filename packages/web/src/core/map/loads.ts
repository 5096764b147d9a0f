/**
 * What the draft's orders to load and unload make of own ships and of planets before the turn is made: heavier ships are
 * slower, so the hint of a flight has to know them, and what is aboard can't be loaded again. By the engine's formulas, as
 * far as the report's two decimals tell.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { OwnGroup, Report } from "@galaxy/contract/engine/Report"
import { fullMass } from "@galaxy/engine/formulas/ships"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import type { CargoGoods } from "./cargo.ts"
import { groundsOf, putDown, takeFrom, withGrounds } from "./ground.ts"
import type { DraftLine } from "./intents.ts"
import { holdWith, speedWith } from "./reach.ts"

const goodsOf = (text: string | undefined): CargoGoods | undefined => {
  const wanted = (text ?? "").trim().toUpperCase()
  return wanted === "COL" || wanted === "CAP" || wanted === "MAT" ? wanted : undefined
}

/** How many of the ships that a group still has an order is for. */
const shipsOf = (order: Order, left: number) => {
  const ships = order.ships ?? 0
  return ships === 0 ? left : Math.min(ships, left)
}

/**
 * The report with the loads, masses and speeds that whole groups will have, and with what is left on planets. Of a group
 * that an order splits, the ships stay as they are: the new group has no number yet.
 */
export const withLoads = (ruleset: Ruleset, report: Report, lines: ReadonlyArray<DraftLine>): Report => {
  const orders = lines.flatMap(({ order, refused }) => (refused ? [] : [order]))
  if (!orders.some(({ op }) => op === "load" || op === "unload")) return report
  const groups = new Map<number, OwnGroup>(report.my_groups.map((group) => [group.number, group]))
  const classes = new Map(report.my_classes.map((it) => [it.name, it]))
  const grounds = groundsOf(report)
  /** How many ships have left their group. */
  const parted = new Map<number, number>()
  const fleets = new Set<string>()
  const put = (group: OwnGroup, goods: string, load: number): void => {
    const design = classes.get(group.class)
    if (design === undefined) return
    if (group.fleet !== undefined) fleets.add(group.fleet)
    groups.set(group.number, {
      ...group,
      goods: load > 0 ? goods : "-",
      load,
      mass: fullMass(design.mass, load, group),
      speed: speedWith(ruleset, design, group, load)
    })
  }
  for (const order of orders) {
    const group = groups.get(order.group ?? -1)
    const design = group === undefined ? undefined : classes.get(group.class)
    if (group === undefined || design === undefined || group.origin !== undefined) continue
    const gone = parted.get(group.number) ?? 0
    const ships = shipsOf(order, group.ships - gone)
    const whole = ships === group.ships
    if (!whole) parted.set(group.number, ships < group.ships - gone ? gone + ships : gone)
    const ground = grounds.get(group.destination)
    if (order.op === "unload") {
      const aboard = group.load * ships
      const amount = Math.min(order.amount ?? aboard, aboard)
      const unloaded = goodsOf(group.goods)
      if (ground !== undefined && unloaded !== undefined) putDown(ruleset, ground, unloaded, amount)
      if (whole) put(group, group.goods, (aboard - amount) / ships)
      continue
    }
    if (order.op !== "load") continue
    const goods = goodsOf(order.goods)
    if (goods === undefined || ground === undefined) continue
    const space = Math.max(0, holdWith(ruleset, design, group) - group.load) * ships
    const taken = takeFrom(ground, goods, Math.min(order.amount ?? space, space))
    if (whole) put(group, goods, group.load + taken / ships)
  }
  // A fleet is as fast as its slowest ships.
  for (const fleet of fleets) {
    const members = [...groups.values()].filter((it) => it.fleet === fleet)
    const speeds = members.map((it) => {
      const design = classes.get(it.class)
      return design === undefined ? it.speed : speedWith(ruleset, design, it, it.load)
    })
    for (const it of members) groups.set(it.number, { ...it, speed: Math.min(...speeds) })
  }
  const loaded = withGrounds(ruleset, report, grounds)
  return { ...loaded, my_groups: report.my_groups.map((it) => groups.get(it.number) ?? it) }
}
