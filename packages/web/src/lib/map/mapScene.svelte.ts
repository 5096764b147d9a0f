/** What there is to see: the report's scene with what earlier reports tell, and what the draft makes of it. */
import type { Report } from "@galaxy/contract/engine/Report"
import { Result } from "effect"
import { type DraftLine, intentsOf } from "../../core/map/intents.ts"
import { type SeenThen, seenThen } from "../../core/map/knownPlanets.ts"
import type { MapChoice } from "../../core/map/layers.ts"
import { withLoads } from "../../core/map/loads.ts"
import { detectionZone, fastestOf, flightZone } from "../../core/map/reach.ts"
import { sceneOf } from "../../core/map/scene.ts"
import { tracksOf } from "../../core/map/tracks.ts"
import type { Play } from "../play.svelte.ts"

/** How many turns back reports are asked for, from the server too. */
const remembers = 6
/** How many more the device is asked for; it keeps 50 of a game. */
const archived = 50

/** The scene of the viewed turn. */
export const makeMapScene = (game: Play, report: () => Report, choice: () => MapChoice) => {
  /** Reports of the turns before, for what was last seen where. */
  let earlier = $state.raw<ReadonlyArray<Report>>([])
  /** What still earlier reports tell of planets, as far as this device has them. */
  let archive = $state.raw<ReadonlyArray<SeenThen>>([])
  const joined = $derived(game.ruleset().map === "torus")
  const scene = $derived(sceneOf(report(), { joined, earlier, archive }))
  const lines = $derived.by((): ReadonlyArray<DraftLine> => {
    if (!game.draft.canEdit()) return []
    const { verdicts } = game.draft.state()
    return game.draft.lines().map(({ id, order }) => ({ id, order, refused: verdicts.get(id)?.accepted === false }))
  })
  const intents = $derived(intentsOf(report(), lines))
  /** The report with what the draft loads and unloads, aboard and on planets. */
  const loaded = $derived(withLoads(game.ruleset(), report(), lines))
  const flight = $derived(flightZone(game.ruleset(), report()))
  const detection = $derived(detectionZone(game.ruleset(), report()))
  const tracks = $derived(
    choice().layers.tracks ? tracksOf(scene.space, scene.blips, fastestOf(game.ruleset(), report())) : []
  )

  const { reports } = game.session
  const read = async (turn: number): Promise<Report | undefined> => {
    const found = await reports.read(turn)
    return Result.isSuccess(found) ? found.success : undefined
  }

  /** Reads what the device has of turns before the one told, one report after another, each once. */
  const readArchive = async (before: number, goesOn: () => boolean) => {
    const there = new Set(archive.map(({ turn }) => turn))
    const turns = (await reports.kept()).filter((turn) => turn < before && !there.has(turn)).slice(-archived)
    const found: Array<SeenThen> = []
    for (const turn of turns.toReversed()) {
      if (!goesOn()) break
      const old = await read(turn)
      if (old !== undefined) found.push(seenThen(old))
    }
    if (found.length > 0) archive = [...archive, ...found]
  }

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
      const goesOn = () => report().turn === turn
      const turns = Array.from({ length: Math.min(remembers, turn) }, (_, back) => turn - 1 - back)
      const found = (await Promise.all(turns.map(read))).filter((it) => it !== undefined)
      if (!goesOn()) return
      earlier = found
      await readArchive(turn - remembers, goesOn)
    }
  }
}

/** The scene at work. */
export type MapScene = ReturnType<typeof makeMapScene>
