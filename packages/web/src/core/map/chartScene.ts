/** What the chart draws, as plain data that a worker can be handed. */
import type { MapChoice } from "./layers.ts"
import type { Zone } from "./reach.ts"
import type { Scene } from "./sceneTypes.ts"
import type { Track } from "./tracks.ts"

/** The parts of a scene that are drawn on the chart. */
export type ChartScene = Pick<Scene, "space" | "turn" | "spots" | "courses" | "routes" | "blips" | "richest" | "home">

/** The parts of a scene that are drawn, without its indexes. */
export const chartSceneOf = ({ space, turn, spots, courses, routes, blips, richest, home }: Scene): ChartScene => ({
  space,
  turn,
  spots,
  courses,
  routes,
  blips,
  richest,
  home
})

/** Colours of the style sheet by token, each as `#rrggbb`, and the page's font. */
export interface ThemeTokens {
  readonly colours: Readonly<Record<string, string>>
  readonly font: string
}

/** How the chart looks. */
export interface ChartLook {
  readonly theme: ThemeTokens
  readonly choice: MapChoice
  readonly flight: Zone
  readonly detection: Zone
  readonly tracks: ReadonlyArray<Track>
}
