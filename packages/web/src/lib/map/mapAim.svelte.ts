/** What a tap does at the moment: choose, name the end of a flight or of a route, or measure. */
import type { Order } from "@galaxy/contract/engine/Order"
import { choosing, type Mode, ordersTo, targetOf } from "../../core/map/mode.ts"
import type { PlanetView } from "../../core/map/planet.ts"
import { classSpeeds, ringsOf, slowest } from "../../core/map/reach.ts"
import { turnsFor } from "../../core/report/turnsFor.ts"
import type { RouteGoods } from "../../core/map/scene.ts"
import { apart, type Coordinates } from "../../core/map/space.ts"
import { words } from "../app.svelte.ts"
import type { Play } from "../play.svelte.ts"
import type { MapScene } from "./mapScene.svelte.ts"
import type { PickedShips } from "./pickedShips.svelte.ts"

/** What aiming needs of the rest of the map. */
export interface Around {
  readonly game: Play
  readonly sight: MapScene
  readonly ships: PickedShips
  readonly planet: () => PlanetView | undefined
  readonly exact: (value: number) => string
  readonly nameOf: (number: number) => string
  readonly order: (...orders: ReadonlyArray<Order>) => void
}

/** The mode of taps, with what it would come to. */
export const makeMapAim = ({ game, sight, ships, planet, exact, nameOf, order }: Around) => {
  let mode = $state.raw<Mode>(choosing)
  let range = $state(false)
  let hovered = $state<number>()
  let pointed = $state.raw<Coordinates>()
  let measuredTo = $state.raw<Coordinates>()
  /** What was ordered last, for those who don't see the ghost. */
  let said = $state("")

  const speeds = $derived(classSpeeds(game.ruleset(), sight.report()))
  /** Where no ships are meant, range is that of the fastest class that can be built. */
  const best = $derived(speeds.length === 0 ? undefined : Math.max(...speeds.map(({ speed }) => speed)))
  const rings = $derived.by(() => {
    if (mode._tag === "send") return ringsOf(mode.speed)
    return range ? ringsOf(ships.speed() ?? best) : []
  })
  const target = $derived(targetOf(sight.scene(), game.ruleset(), sight.flight(), mode, hovered))
  const aim = $derived(
    mode._tag === "send" || mode._tag === "route"
      ? { from: mode.from, zone: sight.flight(), route: mode._tag === "route" }
      : undefined
  )
  const measure = $derived.by(() => {
    if (mode._tag !== "measure" || mode.from === undefined) return undefined
    const to = measuredTo ?? pointed
    if (to === undefined) return undefined
    const distance = apart(sight.scene().space, mode.from, to)
    return { from: mode.from, to, distance, text: words().map.aim.hint(exact(distance), undefined) }
  })
  /** Turns that a new, empty ship of each class needs for the measured way. */
  const measuredTurns = $derived.by(() => {
    const way = measure?.distance
    if (way === undefined) return []
    return speeds.flatMap(({ name, speed }) => {
      const turns = turnsFor(game.ruleset(), way, speed)
      return turns === undefined ? [] : [{ name, turns }]
    })
  })

  const stop = () => {
    mode = choosing
    measuredTo = undefined
  }
  const whatFlies = () => words().map.ships(ships.count())

  return {
    mode: () => mode,
    aim: () => aim,
    target: () => target,
    rings: () => rings,
    measure: () => measure,
    measuredTurns: () => measuredTurns,
    said: () => said,
    /** Says something to those who don't see the map. */
    say: (text: string) => {
      said = text
    },
    whatFlies,
    stop,
    hovered: () => hovered,
    hover: (number: number | undefined, place: Coordinates | undefined) => {
      hovered = number
      pointed = place
    },
    range: () => range,
    setRange: (next: boolean) => {
      range = next
    },
    startMeasure: () => {
      const from = planet()?.spot
      measuredTo = undefined
      mode = { _tag: "measure", from }
    },
    /** A place was tapped: the beginning or the end of what is measured. */
    tapPlace: (place: Coordinates) => {
      if (mode._tag !== "measure") return
      if (mode.from === undefined || measuredTo !== undefined) {
        mode = { _tag: "measure", from: place }
        measuredTo = undefined
      } else measuredTo = place
    },
    canSend: () => game.draft.canEdit() && ships.speed() !== undefined,
    startSend: () => {
      const speed = ships.speed()
      const from = planet()?.spot.number
      if (from === undefined || speed === undefined || !game.draft.canEdit()) return
      mode = { _tag: "send", from, chosen: ships.chosen(), speed }
    },
    startRoute: (goods: RouteGoods) => {
      const view = planet()
      if (view === undefined || !game.draft.canEdit()) return
      const carriers = view.own.filter(({ hold, speed }) => hold && speed > 0)
      mode = { _tag: "route", from: view.spot.number, goods, speed: slowest(carriers) }
    },
    /** Takes a planet as the end of what is aimed at; returns whether it can be. */
    complete: (number: number): boolean => {
      const end = targetOf(sight.scene(), game.ruleset(), sight.flight(), mode, number)
      const text = words().map.aim
      if (end === undefined || end.refused !== undefined) {
        said = end?.refused === "here" ? text.here : end?.refused === "outside" ? text.outside : ""
        return false
      }
      order(...ordersTo(mode, number))
      if (mode._tag === "send") said = text.sent(whatFlies(), nameOf(number))
      else if (mode._tag === "route") said = text.routed(words().map.goods[mode.goods], nameOf(number))
      ships.clear()
      stop()
      return true
    }
  }
}
