/**
 * What the draft's orders to load and unload make of own ships before the turn is made: heavier ships are slower, so the
 * hint of a flight has to know them. By the engine's formulas, as far as the report's two decimals tell.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { OwnGroup, Report } from "@galaxy/contract/engine/Report"
import { fullMass } from "@galaxy/engine/formulas/ships"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import type { DraftLine } from "./intents.ts"
import { holdWith, speedWith } from "./reach.ts"

type Goods = "COL" | "CAP" | "MAT"

const goodsOf = (text: string | undefined): Goods | undefined => {
  const wanted = (text ?? "").trim().toUpperCase()
  return wanted === "COL" || wanted === "CAP" || wanted === "MAT" ? wanted : undefined
}

/** Whether an order is for the whole group. One that splits it makes a group that has no number yet. */
const isWhole = (order: Order, group: OwnGroup) => {
  const ships = order.ships ?? 0
  return ships === 0 || ships >= group.ships
}

/** The report with the loads, masses and speeds that whole groups will have. Orders for parts of a group change nothing. */
export const withLoads = (ruleset: Ruleset, report: Report, lines: ReadonlyArray<DraftLine>): Report => {
  const orders = lines.filter(({ order, refused }) => !refused && (order.op === "load" || order.op === "unload"))
  if (orders.length === 0) return report
  const groups = new Map<number, OwnGroup>(report.my_groups.map((group) => [group.number, group]))
  const classes = new Map(report.my_classes.map((it) => [it.name, it]))
  const left = new Map<number, Record<Goods, number>>()
  for (const { number, capital, materials } of report.uninhabited_planets) {
    left.set(number, { COL: 0, CAP: capital, MAT: materials })
  }
  for (const { number, colonists, capital, materials } of report.my_planets) {
    left.set(number, { COL: colonists, CAP: capital, MAT: materials })
  }
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
  for (const { order } of orders) {
    const group = groups.get(order.group ?? -1)
    const design = group === undefined ? undefined : classes.get(group.class)
    if (group === undefined || design === undefined || group.origin !== undefined || !isWhole(order, group)) continue
    if (order.op === "unload") {
      const aboard = group.load * group.ships
      put(group, group.goods, Math.max(0, aboard - (order.amount ?? aboard)) / group.ships)
      continue
    }
    const goods = goodsOf(order.goods)
    const stock = left.get(group.destination)
    if (goods === undefined || stock === undefined) continue
    const space = Math.max(0, holdWith(ruleset, design, group) - group.load) * group.ships
    const taken = Math.min(order.amount ?? space, space, stock[goods])
    stock[goods] -= taken
    put(group, goods, group.load + taken / group.ships)
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
  return { ...report, my_groups: report.my_groups.map((it) => groups.get(it.number) ?? it) }
}
