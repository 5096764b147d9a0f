/** Reports of a real game between computer players. */
import type { Report } from "@galaxy/contract/engine/Report"
import { reporter } from "@galaxy/engine/report/reports"
import { advance, begin } from "@galaxy/engine/simulate/simulate"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { Result } from "effect"

/** The first race's reports of the last turns of a game, oldest first, with the last turn's galaxy. */
export const played = (
  turns: number,
  kept: number,
  players = 4
): { reports: ReadonlyArray<Report>; galaxy: Galaxy } => {
  let play = Result.getOrThrow(begin({ seed: "the map of a game", players, turns }))
  const reports: Array<Report> = []
  while (play.galaxy.turn < turns) {
    play = advance(play)
    if (play.galaxy.turn > turns - kept) reports.push(reporter(play.galaxy, play.log)(0))
  }
  return { reports, galaxy: play.galaxy }
}
