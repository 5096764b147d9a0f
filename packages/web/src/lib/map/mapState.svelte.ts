/** The map page at work: what is chosen, and what the player's actions do. Templates follow all of it. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { type CargoGoods, loadOrders, roomOf, type Taken, unloadOrders } from "../../core/map/cargo.ts"
import { figuresOf, spotName } from "../../core/map/describe.ts"
import { withOrders } from "../../core/map/mode.ts"
import { needsOf } from "../../core/map/needs.ts"
import { planetView } from "../../core/map/planet.ts"
import type { RouteGoods } from "../../core/map/scene.ts"
import type { OwnRow } from "../../core/map/ships.ts"
import type { Subject } from "../../core/report/why/explain.ts"
import type { Quantity } from "../../core/report/why/formula.ts"
import { currentLanguage, words } from "../app.svelte.ts"
import type { Play } from "../play.svelte.ts"
import type { Question } from "../play/why/asked.svelte.ts"
import { makeKeptChoice } from "./keptChoice.svelte.ts"
import { makeMapAim } from "./mapAim.svelte.ts"
import { makeMapScene } from "./mapScene.svelte.ts"
import { makePickedShips } from "./pickedShips.svelte.ts"

/** What is asked in the inspector before an order is complete. */
export type Form = "load" | "unload" | "upgrade" | "route" | "rename" | undefined

/** The map of a game whose report is there. */
export const makeMapState = (game: Play, report: () => Report) => {
  const kept = makeKeptChoice(game.gameId)
  const sight = makeMapScene(game, report, kept.choice)
  let also = $state.raw<ReadonlySet<number>>(new Set())
  let form = $state<Form>()
  const figures = $derived(figuresOf(currentLanguage()))

  const selected = $derived.by(() => {
    const number = game.selection.planet()
    return number !== undefined && sight.scene().byNumber.has(number) ? number : undefined
  })
  const planet = $derived(
    selected === undefined
      ? undefined
      : planetView(game.ruleset(), sight.loaded(), sight.scene(), sight.intents(), selected)
  )
  const needs = $derived(needsOf(game.ruleset(), report(), sight.intents(), sight.lines()))
  const ships = makePickedShips(() => planet)

  /** Puts orders at the end of the draft; ships that fly elsewhere now don't fly where they were sent before. */
  const order = (...orders: ReadonlyArray<Order>) => {
    if (orders.length === 0) return
    const before = game.draft.lines().map((line) => line.order)
    const made = withOrders(before, orders)
    if (made.length === before.length + orders.length) game.draft.add(...orders)
    else game.draft.replaceAll(made)
  }
  const nameOf = (number: number): string => {
    const spot = sight.scene().byNumber.get(number)
    return spot === undefined ? words().map.number(number) : spotName(words().map, spot)
  }
  const aim = makeMapAim({
    game,
    sight,
    ships,
    planet: () => planet,
    exact: (value) => figures.exact(value),
    nameOf,
    order
  })

  const choose = (number: number | undefined, add: boolean) => {
    const mode = aim.mode()
    if (mode._tag === "measure") return
    if (mode._tag !== "choose") {
      if (number !== undefined) aim.complete(number)
      return
    }
    if (add && number !== undefined) {
      const next = new Set(also)
      if (selected !== undefined) next.add(selected)
      if (next.has(number) && number !== selected) next.delete(number)
      else next.add(number)
      also = next
    } else also = new Set()
    if (number !== selected) {
      ships.clear()
      form = undefined
    }
    game.selection.select({ planet: number })
  }

  const room = (goods: CargoGoods) => (it: Taken) =>
    roomOf(game.ruleset(), sight.scene().classes, report().race, it, goods)

  return {
    ...kept,
    ...sight,
    ...aim,
    figures: () => figures,
    selected: () => selected,
    planet: () => planet,
    also: () => also,
    /** Planets that ask for something, worst first. */
    needs: () => needs,
    nameOf,
    /** Asks where a figure comes from, as it is with the draft. */
    question: (subject: Subject, figure: Quantity): Question => ({
      subject,
      figure,
      report: sight.loaded(),
      intents: sight.intents()
    }),
    order,
    choose,
    chooseAll: (numbers: ReadonlyArray<number>) => {
      also = new Set(numbers)
      const own = numbers.find((number) => sight.scene().byNumber.get(number)?.kind === "mine")
      game.selection.select({ planet: own ?? numbers[0] })
    },
    canEdit: () => game.draft.canEdit(),
    form: () => form,
    setForm: (next: Form) => {
      form = form === next ? undefined : next
    },
    startSend: () => {
      form = undefined
      aim.startSend()
    },
    startRoute: (goods: RouteGoods) => {
      form = undefined
      aim.startRoute(goods)
    },
    picked: ships.picked,
    pick: ships.pick,
    meantRows: ships.rows,
    taken: ships.taken,
    /** Free room for goods in the picked ships of these rows, or in all of them where none is picked. */
    room: (rows: ReadonlyArray<OwnRow>, goods: CargoGoods) =>
      ships.taken(rows).reduce((sum, it) => sum + room(goods)(it), 0),
    /** `stock` is what the planet has of the goods. */
    load: (rows: ReadonlyArray<OwnRow>, goods: CargoGoods, amount: number | undefined, stock: number) => {
      order(...loadOrders(ships.taken(rows), goods, amount, room(goods), stock))
      form = undefined
    },
    unload: (rows: ReadonlyArray<OwnRow>, amount: number | undefined) => {
      order(...unloadOrders(ships.taken(rows), amount))
      form = undefined
    },
    upgrade: (rows: ReadonlyArray<OwnRow>, block: string) => {
      order(
        ...ships.taken(rows).map(({ group, ships }): Order => {
          const counted = ships < group.ships ? { ships } : {}
          return { op: "upgrade", group: group.number, block, ...counted }
        })
      )
      form = undefined
    }
  }
}

/** The map page at work. */
export type MapState = ReturnType<typeof makeMapState>
