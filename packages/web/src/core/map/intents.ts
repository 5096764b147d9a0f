/** What the draft's orders change on the map before the turn is made: ghosts of courses and routes, new products. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { routeFields, type RouteGoods } from "./scene.ts"

/** A line of the draft; `refused` where its forecast says that it won't be done. */
export interface DraftLine {
  readonly id: number
  readonly order: Order
  readonly refused: boolean
}

/** Ships that will leave. `ships` 0 means all of the group. */
export interface Sending {
  readonly line: number
  readonly group: number
  readonly ships: number
  readonly from: number
  readonly to: number
}

/** A route that is new, or leads elsewhere; `to` is absent where it ends. */
export interface Rerouting {
  readonly line: number
  readonly goods: RouteGoods
  readonly from: number
  readonly to: number | undefined
}

/** What the draft means to do, by subject; refused lines mean nothing. */
export interface Intents {
  readonly sendings: ReadonlyArray<Sending>
  readonly routes: ReadonlyArray<Rerouting>
  /** Products by planet. */
  readonly products: ReadonlyMap<number, string>
  /** New names by planet. */
  readonly names: ReadonlyMap<number, string>
  /** Names of classes and sciences that the draft makes. */
  readonly classes: ReadonlyArray<Order>
  readonly sciences: ReadonlyArray<Order>
  /** Line ids that load, unload or upgrade, by group. */
  readonly works: ReadonlyMap<number, ReadonlyArray<{ readonly line: number; readonly order: Order }>>
}

/** Nothing meant. */
export const noIntents: Intents = {
  sendings: [],
  routes: [],
  products: new Map(),
  names: new Map(),
  classes: [],
  sciences: [],
  works: new Map()
}

const goodsOf = (text: string | undefined): RouteGoods | undefined =>
  routeFields.find(([goods]) => goods === (text ?? "").trim().toUpperCase())?.[0]

/** What these lines mean to the map of this report. A later order for the same ships wins. */
export const intentsOf = (report: Report, lines: ReadonlyArray<DraftLine>): Intents => {
  const groups = new Map(report.my_groups.map((group) => [group.number, group]))
  const sendings = new Map<number, Sending>()
  const routes = new Map<string, Rerouting>()
  const products = new Map<number, string>()
  const names = new Map<number, string>()
  const works = new Map<number, Array<{ line: number; order: Order }>>()
  const send = (line: number, number: number, ships: number, to: number) => {
    const group = groups.get(number)
    if (group === undefined || group.origin !== undefined) return
    if (to === group.destination) sendings.delete(number)
    else sendings.set(number, { line, group: number, ships, from: group.destination, to })
  }
  for (const { id, order, refused } of lines) {
    if (refused) continue
    const { planet } = order
    switch (order.op) {
      case "send": {
        if (planet === undefined) break
        if (order.group !== undefined) send(id, order.group, order.ships ?? 0, planet)
        else {
          for (const group of report.my_groups) {
            if (order.fleet !== undefined && group.fleet?.toLowerCase() === order.fleet.toLowerCase()) {
              send(id, group.number, 0, planet)
            }
          }
        }
        break
      }
      case "route": {
        const goods = goodsOf(order.goods)
        if (planet === undefined || goods === undefined) break
        routes.set(`${planet} ${goods}`, { line: id, goods, from: planet, to: order.to })
        break
      }
      case "produce":
        if (planet !== undefined && order.product !== undefined) products.set(planet, order.product)
        break
      case "rename_planet":
        if (planet !== undefined && order.name !== undefined) names.set(planet, order.name)
        break
      case "load":
      case "unload":
      case "upgrade": {
        if (order.group === undefined) break
        const there = works.get(order.group)
        if (there === undefined) works.set(order.group, [{ line: id, order }])
        else there.push({ line: id, order })
        break
      }
      default:
        break
    }
  }
  const made = (op: Order["op"]) => lines.filter(({ order, refused }) => order.op === op && !refused)
  return {
    sendings: [...sendings.values()],
    routes: [...routes.values()],
    products,
    names,
    classes: made("design_class").map(({ order }) => order),
    sciences: made("create_science").map(({ order }) => order),
    works
  }
}
