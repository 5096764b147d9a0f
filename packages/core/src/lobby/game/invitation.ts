/** Who counts as invited to a game, for everything that shows a private game to them. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import type { SqlClient, Statement } from "effect/sql"
import { inviting } from "./GameState.ts"

/**
 * SQL, true if the user has an invite to the game that they can still accept: pending and in time, bound to them, to a
 * game that still takes players, which they aren't blocked from.
 */
export const isInvited = (
  sql: SqlClient.SqlClient,
  game: GameId | Statement.Fragment,
  userId: UserId,
  now: Date
): Statement.Fragment => sql`
  EXISTS (SELECT 1 FROM backend.invites i JOIN backend.games w ON w.game_id = i.game_id
    WHERE i.game_id = ${game} AND i.invited_user_id = ${userId} AND i.status = 'pending' AND i.expires_at > ${now}
      AND w.status IN ${sql.in(inviting)} AND (w.enrollment_ends_at IS NULL OR w.enrollment_ends_at > ${now})
      AND NOT EXISTS (SELECT 1 FROM backend.game_blocks b WHERE b.game_id = i.game_id AND b.user_id = ${userId}))`
