/** The archive of a game: one for all pages that show something over time, as long as the game is open. */
import * as Archive from "../../../core/game/Archive.ts"
import type { GameSession } from "../../../core/game/GameSession.ts"
import { systemTimer } from "../../../platform/systemTimer.ts"

const known = new WeakMap<GameSession, Archive.Archive>()

export const archiveOf = (session: GameSession): Archive.Archive => {
  const archive = known.get(session) ?? Archive.make({ reports: session.reports, timer: systemTimer })
  known.set(session, archive)
  return archive
}
