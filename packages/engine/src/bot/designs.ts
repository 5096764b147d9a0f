/** The ships that a bot builds, and its science. */
import type { ShipClass } from "../state/Galaxy.ts"
import { say, type View } from "./View.ts"

/** A drive and nothing else: the cheapest ship that can watch a planet. */
export const scout: ShipClass = { name: "Scout", drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
/** Carries colonists, to free planets by order and to young ones by route. */
export const settler: ShipClass = { name: "Settler", drive: 10, armament: 0, weapons: 0, shields: 0, cargo: 5 }
/** Name of the bot's one science; its mix comes from the style. */
export const scienceName = "Progress"

/** Orders the ship classes and the science that the race doesn't have yet. */
export const design = (view: View): void => {
  const known = new Set(view.report.my_classes.map((it) => it.name))
  for (const it of [scout, settler, view.style.warship])
    if (!known.has(it.name)) say(view, { op: "design_class", ...it })
  if (!view.report.my_sciences.some((it) => it.name === scienceName)) {
    say(view, { op: "create_science", name: scienceName, ...view.style.science })
  }
}
