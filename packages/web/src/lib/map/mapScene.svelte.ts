/** What there is to see: the report's scene with what earlier reports tell, and what the draft makes of it. */
import type { Report } from "@galaxy/contract/engine/Report"
import { type DraftLine, intentsOf } from "../../core/map/intents.ts"
import type { MapChoice } from "../../core/map/layers.ts"
import { withLoads } from "../../core/map/loads.ts"
import { detectionZone, flightZone } from "../../core/map/reach.ts"
import { sceneOf } from "../../core/map/scene.ts"
import { tracksOf } from "../../core/map/tracks.ts"
import type { Play } from "../play.svelte.ts"

/** How many turns back reports are asked for, from the server too. */
const remembers = 6

/** The scene of the viewed turn. */
export const makeMapScene = (game: Play, report: () => Report, choice: () => MapChoice) => {
  /** Reports of the turns before, for what was last seen where. */
  let earlier = $state.raw<ReadonlyArray<Report>>([])
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
  const tracks = $derived(choice().layers.tracks ? tracksOf(scene.space, scene.blips) : [])

  return {
    report,
    scene: () => scene,
    lines: () => lines,
    intents: () => intents,
    loaded: () => loaded,
    flight: () => flight,
    detection: () => detection,
    tracks: () => tracks,
    /** Asks for the reports of the turns before; the map is drawn anew once all of them are there. */
    remember: async () => {
      const { turn } = report()
      const turns = Array.from({ length: Math.min(remembers, turn) }, (_, back) => turn - 1 - back)
      const found = await Promise.all(turns.map((it) => game.session.reports.want(it)))
      if (report().turn === turn) earlier = found.filter((it) => it !== undefined)
    }
  }
}

/** The scene at work. */
export type MapScene = ReturnType<typeof makeMapScene>
