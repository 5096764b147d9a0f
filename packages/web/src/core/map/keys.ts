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

const latin = ({ key, code }: Press): string => {
  if (key.length !== 1 || key.charCodeAt(0) < 128) return key.toLowerCase()
  return code.startsWith("Key") ? code.slice(3).toLowerCase() : (atPlace[code] ?? key)
}

/** What a key press on the map asks for; undefined where it is for somebody else. */
export const mapAction = (press: Press): MapAction | undefined => {
  if (press.ctrlKey || press.metaKey) return undefined
  const direction = directions[press.key]
  if (direction !== undefined) {
    if (press.shiftKey) return undefined
    return press.altKey ? { _tag: "neighbour", direction } : { _tag: "pan", direction }
  }
  if (press.altKey) return undefined
  if (press.key === "Enter") return { _tag: "inspect" }
  if (press.key === "Escape") return { _tag: "leave" }
  const letter = latin(press)
  const step = steps[letter]
  if (step !== undefined) return step
  const command = press.shiftKey ? undefined : letters[letter]
  return command === undefined ? undefined : { _tag: command }
}
