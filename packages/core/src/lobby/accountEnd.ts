/**
 * When an account ends, so does its part in the lobby: seats, applications, invites, and games that aren't running.
 *
 * A running game that the user owns goes on without an owner who could act, also if it is stopped later. All games concerned are locked first, in
 * the order of their ids.
 */
import type { GameId, InviteId, MembershipId, UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { type AccountEnd, type AccountEndStep, ownNotices } from "../account/AccountEnd.ts"
import { Notifications } from "../notification/Notifications.ts"
import type { RaceNames } from "../race-name/RaceNames.ts"
import { RuntimeJobs } from "../runtime/RuntimeJobs.ts"
import * as ApplicationStore from "./application/ApplicationStore.ts"
import * as Cancellations from "./Cancellations.ts"
import * as EarlyTurns from "./game/EarlyTurns.ts"
import { type Ending, GameEnds } from "./game/GameEnds.ts"
import * as GameStore from "./game/GameStore.ts"
import * as InviteStore from "./invite/InviteStore.ts"

interface CancelledGame {
  readonly game: LockedGame
  readonly members: ReadonlyArray<UserId>
  readonly ending: Ending
}

interface LockedGame {
  readonly id: GameId
  readonly name: string
  readonly status: string
  readonly owned: boolean
  readonly started: boolean
}

/** States in which a game ends with its owner's account. */
const endsWithOwner: ReadonlySet<string> = new Set([
  "draft",
  "enrollment_open",
  "ready_to_start",
  "starting",
  "start_failed",
  "paused"
])

/** States in which an engine knows the players. */
const played: ReadonlySet<string> = new Set(["starting", "running", "paused"])

/** What a cancelled game takes with it. Its stores hold nothing of their own. */
const needs = Layer.provideMerge(
  Cancellations.layer,
  Layer.mergeAll(GameStore.layer, InviteStore.layer, ApplicationStore.layer, EarlyTurns.layer)
)

/** The lobby's step. */
export const accountEnd: Effect.Effect<
  AccountEndStep,
  never,
  SqlClient.SqlClient | Notifications | RaceNames | RuntimeJobs
> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const notifications = yield* Notifications
  const runtime = yield* RuntimeJobs
  const store = yield* GameStore.GameStore
  const ends = yield* GameEnds
  const early = yield* EarlyTurns.EarlyTurns

  const lock = (userId: UserId) => sql<LockedGame>`
      SELECT game_id AS id, game_name AS name, status, owner_user_id IS NOT DISTINCT FROM ${userId}::uuid AS owned,
        started_at IS NOT NULL AS started
      FROM backend.games WHERE game_id IN (
        SELECT game_id FROM backend.games
          WHERE owner_user_id = ${userId} AND status NOT IN ('finished', 'cancelled')
        UNION SELECT game_id FROM backend.memberships WHERE user_id = ${userId} AND status = 'active'
        UNION SELECT game_id FROM backend.applications WHERE applicant_user_id = ${userId} AND status = 'pending'
        UNION SELECT game_id FROM backend.invites
          WHERE (invited_user_id = ${userId} OR issuer_user_id = ${userId}) AND status = 'pending')
      ORDER BY game_id FOR UPDATE`

  const endSeats = ({ userId, kind }: AccountEnd, now: Date) => sql<{ game: GameId; membership: MembershipId }>`
      UPDATE backend.memberships SET status = ${kind === "admin_sanction" ? "blocked" : "removed"}, left_at = ${now}
      WHERE user_id = ${userId} AND status = 'active'
      RETURNING game_id AS game, membership_id AS membership`

  const endAsking = Effect.fnUntraced(function* (userId: UserId, now: Date) {
    yield* sql`
        UPDATE backend.applications SET status = 'rejected', decided_at = ${now}
        WHERE applicant_user_id = ${userId} AND status = 'pending'`
    yield* sql`
        UPDATE backend.invites SET status = 'declined', decided_at = ${now}
        WHERE invited_user_id = ${userId} AND status = 'pending'`
    return yield* sql<{ invite: InviteId; game: GameId; invited: UserId | null }>`
        UPDATE backend.invites SET status = 'revoked', decided_at = ${now}
        WHERE issuer_user_id = ${userId} AND status = 'pending'
        RETURNING invite_id AS invite, game_id AS game, invited_user_id AS invited`
  })

  /** Ends a game for everybody in it; returns those who still had a seat, and who else is to be told. */
  const cancel = Effect.fnUntraced(function* (game: LockedGame, now: Date) {
    yield* sql`
        UPDATE backend.games SET status = 'cancelled', next_turn_at = NULL, updated_at = ${now},
          runtime_status = CASE WHEN status IN ('starting', 'running', 'paused') THEN 'stopped' ELSE runtime_status END
        WHERE game_id = ${game.id}`
    yield* runtime.requestCancel(game.id)
    const members = yield* sql<{ user: UserId }>`
        SELECT user_id AS user FROM backend.memberships
        WHERE game_id = ${game.id} AND status = 'active' ORDER BY user_id`
    // The game is locked, so nobody invites or applies any more.
    const row = yield* store.find(game.id)
    const ending = Option.isSome(row) ? yield* ends.cancelled(row.value) : { people: [], tell: Effect.void }
    return { game, members: members.map((it) => it.user), ending } satisfies CancelledGame
  })

  const run = Effect.fnUntraced(function* (end: AccountEnd) {
    const now = yield* DateTime.nowAsDate
    const games = new Map((yield* lock(end.userId)).map((it) => [it.id, it]))
    const seats = yield* endSeats(end, now)
    const revoked = yield* endAsking(end.userId, now)
    const cancelled: Array<CancelledGame> = []
    for (const game of games.values()) {
      if (!game.owned || !endsWithOwner.has(game.status)) continue
      // It may have been running when the account ended, and have been stopped since: then it goes on.
      if (end.again === true && game.started) continue
      cancelled.push(yield* cancel(game, now))
    }
    const gone = new Set(cancelled.map((it) => it.game.id))
    for (const { game } of seats) {
      if (played.has(games.get(game)?.status ?? "") && !gone.has(game)) {
        yield* runtime.requestBanish(game, end.userId)
        yield* early.check(game)
      }
    }
    return tell(end, { games, seats, revoked, cancelled })
  })

  const tell = Effect.fnUntraced(function* (
    end: AccountEnd,
    it: {
      readonly games: ReadonlyMap<GameId, LockedGame>
      readonly seats: ReadonlyArray<{ readonly game: GameId; readonly membership: MembershipId }>
      readonly revoked: ReadonlyArray<{ invite: InviteId; game: GameId; invited: UserId | null }>
      readonly cancelled: ReadonlyArray<CancelledGame>
    }
  ) {
    yield* notifications.lock([
      ...(it.seats.length > 0 ? [end.userId] : []),
      ...it.cancelled.flatMap(({ members, ending }) => [...members, ...ending.people]),
      ...it.revoked.flatMap(({ invited }) => (invited === null ? [] : [invited]))
    ])
    // One notice for all seats, as the specification says; it names one of them.
    const [seat] = it.seats
    const game = seat === undefined ? undefined : it.games.get(seat.game)
    if (seat !== undefined && game !== undefined) {
      yield* notifications.submit({
        kind: "lobby.membership.removed",
        idempotencyKey: `${ownNotices}${end.endId}`,
        recipients: [end.userId],
        payload: {
          game_id: game.id,
          game_name: game.name,
          membership_id: seat.membership,
          reason: end.kind === "admin_sanction" ? "blocked" : "removed"
        },
        // Where the steps are repeated, the account is marked already.
        evenEnded: true
      })
    }
    for (const { game, members, ending } of it.cancelled) {
      yield* ending.tell
      if (members.length === 0) continue
      yield* notifications.submit({
        kind: "lobby.game.cancelled",
        idempotencyKey: `game-cancelled:${game.id}`,
        recipients: members,
        payload: { game_id: game.id, game_name: game.name }
      })
    }
    for (const { invite, game, invited } of it.revoked) {
      if (invited === null) continue
      yield* notifications.submit({
        kind: "lobby.invite.revoked",
        idempotencyKey: `invite-revoked:${invite}`,
        recipients: [invited],
        payload: { game_id: game, invite_id: invite, game_name: it.games.get(game)?.name ?? "" }
      })
    }
  })

  return { name: "lobby", run }
}).pipe(Effect.provide(needs))
