/** Everything on the list of games: one's own, the invitations, what is open to all, and what one has applied for. */
import type { ClientError } from "@galaxy/client/ClientError"
import { DateTime, Result } from "effect"
import * as Pages from "./Pages.ts"
import type { Application, Caller, Game, Invite } from "./Game.ts"

export interface Lobby {
  readonly mine: Pages.Pages<Game>
  readonly open: Pages.Pages<Game>
  readonly invites: Pages.Pages<Invite>
  readonly applications: Pages.Pages<Application>
  /** Reads all of it, or only what an event of this kind can have changed. */
  readonly load: (kind?: string) => void
  /** Turns an invitation down. Answers why it couldn't be. */
  readonly decline: (invite: Invite) => Promise<ClientError | undefined>
}

const pageSize = 24

/** The lists, not yet read. */
export const make = (me: Caller): Lobby => {
  const mine = Pages.make(async (cursor) =>
    Result.map(await me.call("lobby.my.games", page(cursor)), ({ games, next_cursor }) => ({
      items: games,
      next: next_cursor
    }))
  )
  const open = Pages.make(async (cursor) =>
    Result.map(await me.call("lobby.games.list", { ...page(cursor), to_join: true }), ({ games, next_cursor }) => ({
      items: games,
      next: next_cursor
    }))
  )
  const invites = Pages.make(async (cursor) =>
    Result.map(await me.call("lobby.my.invites", page(cursor, 100)), ({ invites, next_cursor }) => ({
      items: invites,
      next: next_cursor
    }))
  )
  const applications = Pages.make(async (cursor) =>
    Result.map(await me.call("lobby.my.applications", page(cursor, 100)), ({ applications, next_cursor }) => ({
      items: applications,
      next: next_cursor
    }))
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
    decline: async ({ game_id, invite_id }) => {
      const answer = await me.call("lobby.invites.decline", { game_id, invite_id })
      void invites.load()
      void open.load()
      return Result.isFailure(answer) ? answer.failure : undefined
    }
  }
}

const page = (cursor: string | undefined, limit = pageSize) => (cursor === undefined ? { limit } : { cursor, limit })

/** Invitations to this player that can still be accepted. */
export const received = (invites: ReadonlyArray<Invite>, userId: string, now: number): ReadonlyArray<Invite> =>
  invites.filter(
    (invite) =>
      invite.invited_user_id === userId &&
      invite.status === "pending" &&
      DateTime.toEpochMillis(invite.expires_at) > now
  )

/** Public games that one may apply to: those that one was invited to stand among the invitations. */
export const openToAll = (games: ReadonlyArray<Game>): ReadonlyArray<Game> =>
  games.filter(({ visibility }) => visibility === "public")
