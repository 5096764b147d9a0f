/** What keys do on the map's page. */
import { type MapAction, mapAction } from "../../core/map/keys.ts"
import { inField, layoutAt } from "../keyboard.ts"
import { keysOn } from "../play/keysOn.svelte.ts"

/** What the page does at a key. */
export interface KeyDeeds {
  /** The part of the page that is the map. */
  readonly region: () => HTMLElement | undefined
  readonly find: () => void
  readonly range: () => void
  readonly measure: () => void
  /** One step back: out of what was begun last. */
  readonly leave: () => void
  readonly inspect: () => void
  readonly produce: () => void
  readonly send: () => void
  /** Asks for what an order needs; returns whether orders can be given. */
  readonly ask: (form: "route" | "load" | "upgrade") => boolean
  /** Goes to the next planet that asks for something. */
  readonly need: () => void
  /** Moves the camera or the choice; returns whether it did. */
  readonly look: (action: MapAction) => boolean
}

/** Whether a key counts here: arrows and Enter belong to what has the focus, and letters can be switched off. */
const counts = (event: KeyboardEvent, action: MapAction, region: HTMLElement | undefined): boolean => {
  const onMap =
    event.target === document.body || (event.target instanceof Node && region?.contains(event.target) === true)
  if (action._tag === "pan") return onMap
  if (action._tag === "inspect") return onMap && !(event.target instanceof HTMLButtonElement)
  return action._tag === "leave" || action._tag === "neighbour" || keysOn()
}

const run = (action: MapAction, deeds: KeyDeeds): boolean => {
  switch (action._tag) {
    case "find":
    case "range":
    case "measure":
    case "leave":
    case "inspect":
    case "produce":
    case "send":
    case "need":
      deeds[action._tag]()
      return true
    case "route":
    case "load":
    case "upgrade":
      return deeds.ask(action._tag)
    default:
      return deeds.look(action)
  }
}

/** Takes a key press that nothing else has taken. */
export const onMapKey = (event: KeyboardEvent, deeds: KeyDeeds): void => {
  const layout = layoutAt(event)
  if (event.defaultPrevented || inField(event.target) || document.querySelector("dialog[open]") !== null) return
  const action = mapAction(event, layout)
  if (action === undefined || !counts(event, action, deeds.region())) return
  if (run(action, deeds)) event.preventDefault()
}
