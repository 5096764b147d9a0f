/** The map page at work: what is chosen and aimed at, and what the player's actions do. Templates follow all of it. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { figuresOf, spotName } from "../../core/map/describe.ts"
import { type DraftLine, intentsOf } from "../../core/map/intents.ts"
import { choiceOf, choiceText, type MapChoice } from "../../core/map/layers.ts"
import { withLoads } from "../../core/map/loads.ts"
import { choosing, type Mode, ordersTo, targetOf, withOrders } from "../../core/map/mode.ts"
import { planetView } from "../../core/map/planet.ts"
import { detectionZone, flightZone, ringsOf, slowest, turnsFor } from "../../core/map/reach.ts"
import { type RouteGoods, sceneOf } from "../../core/map/scene.ts"
import { canFly, chosenOf, type OwnRow, type Picked, take } from "../../core/map/ships.ts"
import { apart, type Coordinates } from "../../core/map/space.ts"
import { currentLanguage, words } from "../app.svelte.ts"
import type { Play } from "../play.svelte.ts"

/** How many turns back the map remembers what was seen. */
const remembers = 6

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

const write = (key: string, value: string) => {
  try {
    localStorage.setItem(key, value)
  } catch {
    // It holds until the page is closed.
  }
}

/** What is asked in the inspector before an order is complete. */
export type Form = "load" | "upgrade" | "route" | "rename" | undefined

/** The map of a game whose report is there. */
export const makeMapState = (game: Play, report: () => Report) => {
  const key = `galaxy:map:${game.gameId}`
  let choice = $state.raw<MapChoice>(choiceOf(read(key)))
  let mode = $state.raw<Mode>(choosing)
  let range = $state(false)
  let also = $state.raw<ReadonlySet<number>>(new Set())
  let hovered = $state<number>()
  let pointed = $state.raw<Coordinates>()
  let picked = $state.raw<Picked>(new Map())
  let form = $state<Form>()
  let measuredTo = $state.raw<Coordinates>()
  /** Reports of the turns before, for what was last seen where. */
  let earlier = $state.raw<ReadonlyArray<Report>>([])
  /** What was ordered last, for those who don't see the ghost. */
  let said = $state("")

  const joined = $derived(game.ruleset().map === "torus")
  const scene = $derived(sceneOf(report(), { joined, earlier }))
  const lines = $derived.by((): ReadonlyArray<DraftLine> => {
    if (!game.draft.canEdit()) return []
    const { verdicts } = game.draft.state()
    return game.draft.lines().map(({ id, order }) => ({ id, order, refused: verdicts.get(id)?.accepted === false }))
  })
  const intents = $derived(intentsOf(report(), lines))
  /** The report with what the draft loads and unloads. */
  const loaded = $derived(withLoads(game.ruleset(), report(), lines))
  const flight = $derived(flightZone(game.ruleset(), report()))
  const detection = $derived(detectionZone(game.ruleset(), report()))
  const figures = $derived(figuresOf(currentLanguage()))

  const selected = $derived.by(() => {
    const number = game.selection.planet()
    return number !== undefined && scene.byNumber.has(number) ? number : undefined
  })
  const planet = $derived(
    selected === undefined ? undefined : planetView(game.ruleset(), loaded, scene, intents, selected)
  )
  /** Rows of ships here that can be sent, and those that are meant: the picked ones, or all but scouts. */
  const fliers = $derived((planet?.own ?? []).filter(canFly))
  const meant = $derived.by((): Picked => {
    const some = [...picked].filter(([key, count]) => count > 0 && planet?.own.some((row) => row.key === key))
    if (some.length > 0) return new Map(some)
    const staying = fliers.filter(({ sending }) => sending === undefined)
    const usual = staying.filter(({ scout }) => !scout)
    return new Map((usual.length > 0 ? usual : staying).map((row) => [row.key, row.ships]))
  })
  const meantRows = $derived((planet?.own ?? []).filter(({ key }) => meant.has(key)))
  /** The speed by which range is shown: that of the meant ships, or of the fastest class that can be built. */
  const speed = $derived(slowest(meantRows))
  const rings = $derived(range || mode._tag === "send" ? ringsOf(mode._tag === "send" ? mode.speed : speed) : [])
  const target = $derived(targetOf(scene, game.ruleset(), flight, mode, hovered))
  const aim = $derived(
    mode._tag === "send" || mode._tag === "route"
      ? { from: mode.from, zone: flight, route: mode._tag === "route" }
      : undefined
  )
  const measure = $derived.by(() => {
    if (mode._tag !== "measure" || mode.from === undefined) return undefined
    const to = measuredTo ?? pointed
    if (to === undefined) return undefined
    const distance = apart(scene.space, mode.from, to)
    return { from: mode.from, to, distance, text: words().map.aim.hint(figures.exact(distance), undefined) }
  })
  /** Turns that each of the race's classes needs for the measured way, empty. */
  const measuredTurns = $derived.by(() => {
    const way = measure?.distance
    if (way === undefined) return []
    const me = report().players.find(({ name }) => name === report().race)
    return report().my_classes.flatMap(({ name, drive, mass }) => {
      const turns = turnsFor(game.ruleset(), way, (game.ruleset().speedFactor * (me?.drive ?? 0) * drive) / mass)
      return turns === undefined ? [] : [{ name, turns }]
    })
  })

  const stop = () => {
    mode = choosing
    measuredTo = undefined
  }

  /** Puts orders at the end of the draft; ships that fly elsewhere now don't fly where they were sent before. */
  const order = (...orders: ReadonlyArray<Order>) => {
    const before = game.draft.lines().map((line) => line.order)
    const kept = withOrders(before, orders)
    if (kept.length === before.length + orders.length) game.draft.add(...orders)
    else game.draft.replaceAll(kept)
  }

  const nameOf = (number: number): string => {
    const spot = scene.byNumber.get(number)
    return spot === undefined ? words().map.number(number) : spotName(words().map, spot)
  }

  const complete = (number: number): boolean => {
    const end = targetOf(scene, game.ruleset(), flight, mode, number)
    if (end === undefined || end.refused !== undefined) {
      const { here, outside } = words().map.aim
      said = end?.refused === "here" ? here : end?.refused === "outside" ? outside : ""
      return false
    }
    order(...ordersTo(mode, number))
    const text = words().map.aim
    if (mode._tag === "send") said = text.sent(whatFlies(), nameOf(number))
    else if (mode._tag === "route") said = text.routed(words().map.goods[mode.goods], nameOf(number))
    picked = new Map()
    stop()
    return true
  }

  const whatFlies = (): string => words().map.ships([...meant.values()].reduce((sum, count) => sum + count, 0))

  const choose = (number: number | undefined, add: boolean) => {
    if (mode._tag === "measure") return
    if (mode._tag !== "choose") {
      if (number !== undefined) complete(number)
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
      picked = new Map()
      form = undefined
    }
    game.selection.select({ planet: number })
  }

  return {
    report,
    scene: () => scene,
    choice: () => choice,
    setChoice: (next: MapChoice) => {
      choice = next
      write(key, choiceText(next))
    },
    intents: () => intents,
    flight: () => flight,
    detection: () => detection,
    figures: () => figures,
    selected: () => selected,
    planet: () => planet,
    also: () => also,
    chooseAll: (numbers: ReadonlyArray<number>) => {
      also = new Set(numbers)
      const own = numbers.find((number) => scene.byNumber.get(number)?.kind === "mine")
      game.selection.select({ planet: own ?? numbers[0] })
    },
    choose,
    nameOf,
    form: () => form,
    setForm: (next: Form) => {
      form = form === next ? undefined : next
    },
    mode: () => mode,
    aim: () => aim,
    target: () => target,
    hovered: () => hovered,
    hover: (number: number | undefined, place: Coordinates | undefined) => {
      hovered = number
      pointed = place
    },
    range: () => range,
    setRange: (next: boolean) => {
      range = next
    },
    rings: () => rings,
    measure: () => measure,
    measuredTurns: () => measuredTurns,
    said: () => said,
    /** A place was tapped: the beginning or the end of what is measured. */
    tapPlace: (place: Coordinates) => {
      if (mode._tag !== "measure") return
      if (mode.from === undefined || measuredTo !== undefined) {
        mode = { _tag: "measure", from: place }
        measuredTo = undefined
      } else measuredTo = place
    },
    startMeasure: () => {
      const from = selected === undefined ? undefined : scene.byNumber.get(selected)
      measuredTo = undefined
      mode = { _tag: "measure", from }
    },
    picked: () => picked,
    pick: (row: OwnRow, count: number) => {
      const next = new Map(picked)
      if (count <= 0) next.delete(row.key)
      else next.set(row.key, Math.min(count, row.ships))
      picked = next
    },
    meantRows: () => meantRows,
    whatFlies,
    canSend: () => game.draft.canEdit() && slowest(meantRows.filter(canFly)) !== undefined,
    /** Orders for the picked ships of these rows, or for all of them where none is picked. */
    work: (rows: ReadonlyArray<OwnRow>, make: (group: number, ships: number) => Order) => {
      const some = rows.some(({ key }) => (picked.get(key) ?? 0) > 0)
      const orders = rows.flatMap((row) =>
        take(row, some ? (picked.get(row.key) ?? 0) : row.ships).map(({ group, ships }) => make(group, ships))
      )
      order(...orders)
      form = undefined
    },
    startSend: () => {
      form = undefined
      const rows = meantRows.filter(canFly)
      const least = slowest(rows)
      if (planet === undefined || least === undefined || !game.draft.canEdit()) return
      mode = {
        _tag: "send",
        from: planet.spot.number,
        chosen: chosenOf(planet.own, new Map(rows.map((row) => [row.key, meant.get(row.key) ?? 0]))),
        speed: least
      }
    },
    startRoute: (goods: RouteGoods) => {
      form = undefined
      if (planet === undefined || !game.draft.canEdit()) return
      const carriers = planet.own.filter(({ hold, speed }) => hold && speed > 0)
      mode = { _tag: "route", from: planet.spot.number, goods, speed: slowest(carriers) }
    },
    complete,
    stop,
    order,
    canEdit: () => game.draft.canEdit(),
    /** Asks for the reports of the turns before; the map is drawn anew once all of them are there. */
    remember: async () => {
      const { turn } = report()
      const turns = Array.from({ length: Math.min(remembers, turn) }, (_, back) => turn - 1 - back)
      const found = await Promise.all(turns.map((it) => game.session.reports.want(it)))
      if (report().turn === turn) earlier = found.filter((it) => it !== undefined)
    }
  }
}

/** The map page at work. */
export type MapState = ReturnType<typeof makeMapState>
