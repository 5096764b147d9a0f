/** What keys do on the map. By the key's place where the layout isn't Latin, so that shortcuts work in Russian too. */
import type { Direction } from "./find.ts"

/** The parts of a key press that count. */
export interface Press {
  readonly key: string
  readonly code: string
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
}

/** What a key asks for. */
export type MapAction =
  | { readonly _tag: "pan"; readonly direction: Direction }
  | { readonly _tag: "neighbour"; readonly direction: Direction }
  | { readonly _tag: "zoom"; readonly step: 1 | -1 }
  | { readonly _tag: "own"; readonly step: 1 | -1 }
  | { readonly _tag: MapCommand }

/** Commands without a parameter. */
export type MapCommand =
  | "whole"
  | "home"
  | "inspect"
  | "leave"
  | "find"
  | "range"
  | "measure"
  | "produce"
  | "send"
  | "route"
  | "load"
  | "upgrade"
  | "need"

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down"
}

const letters: Readonly<Record<string, MapCommand>> = {
  "0": "whole",
  h: "home",
  r: "range",
  w: "measure",
  p: "produce",
  s: "send",
  t: "route",
  l: "load",
  u: "upgrade",
  n: "need",
  "/": "find"
}

const steps: Readonly<Record<string, MapAction>> = {
  "+": { _tag: "zoom", step: 1 },
  "=": { _tag: "zoom", step: 1 },
  "-": { _tag: "zoom", step: -1 },
  _: { _tag: "zoom", step: -1 },
  ".": { _tag: "own", step: 1 },
  ",": { _tag: "own", step: -1 }
}

/** The Latin letter or sign at a key's place on the keyboard. */
const atPlace: Readonly<Record<string, string>> = {
  Slash: "/",
  Period: ".",
  Comma: ",",
  Minus: "-",
  Equal: "=",
  NumpadAdd: "+",
  NumpadSubtract: "-"
}

/** Whether the layout is Latin, as far as this press tells: only keys of letters do. */
export const layoutOf = ({ key, code }: Press): "latin" | "other" | undefined => {
  if (!code.startsWith("Key") || key.length !== 1) return undefined
  return key.charCodeAt(0) < 128 ? "latin" : "other"
}

/** The sign that a press means. `other` layouts have points and commas at places of other signs, so the place counts. */
const signOf = ({ key, code }: Press, layout: "latin" | "other"): string => {
  if (key.length !== 1 || (layout === "latin" && key.charCodeAt(0) < 128)) return key.toLowerCase()
  return code.startsWith("Key") ? code.slice(3).toLowerCase() : (atPlace[code] ?? key)
}

/** What a key press on the map asks for; undefined where it is for somebody else. */
export const mapAction = (press: Press, layout: "latin" | "other" = "latin"): MapAction | undefined => {
  if (press.ctrlKey || press.metaKey) return undefined
  const direction = directions[press.key]
  if (direction !== undefined) {
    if (press.shiftKey) return undefined
    return press.altKey ? { _tag: "neighbour", direction } : { _tag: "pan", direction }
  }
  if (press.altKey) return undefined
  if (press.key === "Enter") return { _tag: "inspect" }
  if (press.key === "Escape") return { _tag: "leave" }
  const letter = signOf(press, layout)
  const step = steps[letter]
  if (step !== undefined) return step
  const command = press.shiftKey ? undefined : letters[letter]
  return command === undefined ? undefined : { _tag: command }
}
