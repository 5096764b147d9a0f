/** Everything on the list of games: one's own, the invitations, what is open to all, and what one has applied for. */
import { type ClientError, isConflict } from "@galaxy/client/ClientError"
import { DateTime, Result } from "effect"
import { atOnce, gather } from "./gather.ts"
import * as KeptGames from "./KeptGames.ts"
import * as Pages from "./Pages.ts"
import type { Application, Caller, Game, Invite } from "./Game.ts"

export interface Lobby {
  readonly mine: Pages.Pages<Game>
  readonly open: Pages.Pages<Game>
  readonly invites: Pages.Pages<Invite>
  readonly applications: Pages.Pages<Application>
  /** Reads all of it, or only what an event of this kind can have changed. */
  readonly load: (kind?: string) => void
  /** Takes the seat of an invitation under this name. Answers why it couldn't be taken. */
  readonly join: (invite: Invite, raceName: string) => Promise<ClientError | undefined>
  /** Applies for a seat in a public game. Answers why that couldn't be done. */
  readonly apply: (game: Game, raceName: string) => Promise<ClientError | undefined>
  /** Turns an invitation down. Answers why it couldn't be. */
  readonly decline: (invite: Invite) => Promise<ClientError | undefined>
}

const pageSize = 24

/** The lists, not yet read. One's own games are kept in `place` for a visit without a network. */
export const make = (me: Caller, place?: KeptGames.GamesPlace): Lobby => {
  const mine = Pages.make(async (cursor) => {
    const answer = await me.call("lobby.my.games", page(cursor))
    if (place !== undefined && cursor === undefined && Result.isSuccess(answer)) {
      void KeptGames.save(place, answer.success.games)
    }
    return Result.map(answer, ({ games, next_cursor }) => ({ items: games, next: next_cursor }))
  })
  if (place !== undefined) {
    void KeptGames.load(place).then((kept) => {
      if (kept !== undefined) mine.put(kept.games, kept.at)
    })
  }
  const open = Pages.make(async (cursor) =>
    Result.map(await me.call("lobby.games.list", { ...page(cursor), to_join: true }), ({ games, next_cursor }) => ({
      items: games,
      next: next_cursor
    }))
  )
  const invites = Pages.make((cursor) =>
    gather(
      (from) => askInvites(me, from),
      cursor,
      ({ status }) => status === "pending"
    )
  )
  const applications = Pages.make((cursor) =>
    gather(
      (from) => askApplications(me, from),
      cursor,
      ({ status }) => status === "pending"
    )
  )
  return {
    mine,
    open,
    invites,
    applications,
    load: (kind) => {
      const some = (prefix: string) => kind === undefined || kind === "gateway.gap" || kind.startsWith(prefix)
      void mine.load()
      if (some("lobby.") || some("game.started")) {
        void invites.load()
        void open.load()
        void applications.load()
      }
    },
    join: async ({ game_id, invite_id }, race_name) => {
      const answer = await me.call("lobby.invites.redeem", { game_id, invite_id, race_name })
      // The first answer may have been lost: the seat is there.
      if (Result.isSuccess(answer) || isConflict(answer.failure, "already_member")) return undefined
      return answer.failure
    },
    apply: async ({ game_id }, race_name) => {
      const answer = await me.call("lobby.applications.submit", { game_id, race_name })
      void open.load()
      void applications.load()
      if (Result.isSuccess(answer) || isConflict(answer.failure, "already_pending")) return undefined
      return answer.failure
    },
    decline: async ({ game_id, invite_id }) => {
      const answer = await me.call("lobby.invites.decline", { game_id, invite_id })
      void invites.load()
      void open.load()
      return Result.isFailure(answer) ? answer.failure : undefined
    }
  }
}

/** A page of the invitations that the player has sent or got, of any status. */
export const askInvites = async (me: Caller, cursor?: string) =>
  Result.map(await me.call("lobby.my.invites", page(cursor, atOnce)), ({ invites, next_cursor }) => ({
    items: invites,
    next: next_cursor
  }))

/** A page of the player's applications, of any status. */
export const askApplications = async (me: Caller, cursor?: string) =>
  Result.map(await me.call("lobby.my.applications", page(cursor, atOnce)), ({ applications, next_cursor }) => ({
    items: applications,
    next: next_cursor
  }))

const page = (cursor: string | undefined, limit = pageSize) => (cursor === undefined ? { limit } : { cursor, limit })

/** Invitations to this player that can still be accepted. */
export const received = (invites: ReadonlyArray<Invite>, userId: string, now: number): ReadonlyArray<Invite> =>
  invites.filter(
    (invite) =>
      invite.invited_user_id === userId &&
      invite.status === "pending" &&
      DateTime.toEpochMillis(invite.expires_at) > now
  )

/** Applications that wait for an answer. Their games aren't among those that one may join any more. */
export const waiting = (applications: ReadonlyArray<Application>): ReadonlyArray<Application> =>
  applications.filter(({ status }) => status === "pending")

/** Public games that one may apply to: those that one was invited to stand among the invitations. */
export const openToAll = (games: ReadonlyArray<Game>): ReadonlyArray<Game> =>
  games.filter(({ visibility }) => visibility === "public")
