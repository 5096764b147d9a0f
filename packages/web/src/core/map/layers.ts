/** What a player wants to see of the map, kept for each game. */

/** How marks are coloured. */
export const colourings = ["race", "stance", "resources", "seen"] as const
/** One of `colourings`. */
export type Colouring = (typeof colourings)[number]

/** Layers that can be switched off and on, with how each begins. */
export const layerDefaults = {
  courses: true,
  routes: true,
  flightZone: false,
  detectionZone: false,
  blips: true,
  tracks: false,
  names: true,
  guests: true,
  unarmed: true,
  scouts: false,
  grid: true
} as const
/** The name of a layer. */
export type Layer = keyof typeof layerDefaults

/** All layers, in the order in which they are listed. */
export const layerNames = Object.keys(layerDefaults) as ReadonlyArray<Layer>

/** The choice of a player. */
export interface MapChoice {
  readonly colouring: Colouring
  readonly layers: Readonly<Record<Layer, boolean>>
}

/** What a new game shows. */
export const firstChoice: MapChoice = { colouring: "race", layers: layerDefaults }

/** A choice as it is kept: the colouring, and the layers that differ from how they begin. */
export const choiceText = ({ colouring, layers }: MapChoice): string =>
  [colouring, ...layerNames.filter((name) => layers[name] !== layerDefaults[name])].join(" ")

/** A choice that was kept. What it doesn't know is left out, so an older page's choice still counts. */
export const choiceOf = (text: string | null): MapChoice => {
  const [first, ...changed] = (text ?? "").split(" ")
  const names = new Set(changed)
  const layers = layerNames.map((name): [Layer, boolean] => [name, layerDefaults[name] !== names.has(name)])
  return {
    colouring: colourings.find((it) => it === first) ?? "race",
    layers: Object.fromEntries(layers) as Record<Layer, boolean>
  }
}
