/** One game in the lobby: its settings, who is in it, its open invitations, and every step on it. */
import type { Requests } from "@galaxy/client/Calls"
import type { ClientError } from "@galaxy/client/ClientError"
import type { MessageType } from "@galaxy/contract/routes/MessageRoutes"
import { DateTime, Result } from "effect"
import * as Loader from "../Loader.ts"
import { make as makeStore, type Readable } from "../Store.ts"
import { gather } from "./gather.ts"
import { askApplications, askInvites } from "./Lobby.ts"
import type { Application, Caller, Game, Invite, Member } from "./Game.ts"

/** What is known of the game. The lists are those that the player may see. */
export interface HallView {
  readonly game: Game
  readonly members: ReadonlyArray<Member>
  readonly computers: ReadonlyArray<{ readonly seat: number; readonly race_name: string }>
  /** Open invitations that the player has sent, the newest first. */
  readonly sent: ReadonlyArray<Invite>
  /** The invitation to the player themselves. */
  readonly received: Invite | undefined
  /** The player's newest application. */
  readonly application: Application | undefined
}

/** A step that changes the game by itself and needs nothing more than its id. */
export type Step = "open_enrollment" | "ready_to_start" | "start" | "retry_start" | "pause" | "resume" | "cancel"

/** What is being asked of the server at the moment, and why the last thing failed. */
export interface Doing {
  readonly what: string | undefined
  readonly error: ClientError | undefined
}

export interface Hall {
  readonly view: Readable<Loader.Loaded<HallView>>
  readonly doing: Readable<Doing>
  readonly load: () => Promise<void>
  readonly step: (step: Step) => Promise<boolean>
  readonly update: (request: Requests["lobby.games.update"]) => Promise<ClientError | undefined>
  /** Makes an invitation: for one person, or by a code. A repeat with the same key makes no second one. */
  readonly invite: (key: string, userId?: string) => Promise<boolean>
  readonly revoke: (invite: Invite) => Promise<boolean>
  readonly end: (member: Member, as: "remove" | "block") => Promise<boolean>
  /** Takes a seat by an invitation. Answers why it couldn't be taken. */
  readonly join: (
    invite: Pick<Invite, "invite_id">,
    raceName: string,
    code?: string
  ) => Promise<ClientError | undefined>
  readonly decline: (invite: Invite) => Promise<boolean>
  readonly apply: (raceName: string) => Promise<ClientError | undefined>
}

const isOpen = (invite: Invite, now: number) =>
  invite.status === "pending" && DateTime.toEpochMillis(invite.expires_at) > now

/** The game's page, not yet read. `now` is in Unix milliseconds. */
export const make = (me: Caller & { readonly userId: string }, gameId: string, now: () => number): Hall => {
  const doing = makeStore<Doing>({ what: undefined, error: undefined })
  const game_id = gameId
  const isHere = (it: { readonly game_id: string }) => it.game_id === gameId

  const loader = Loader.make<HallView>(async () => {
    const [game, members, invites, applications] = await Promise.all([
      me.call("lobby.games.get", { game_id }),
      me.call("lobby.memberships.list", { game_id }),
      gather(
        (cursor) => askInvites(me, cursor),
        undefined,
        () => false
      ),
      gather((cursor) => askApplications(me, cursor), undefined, isHere)
    ])
    return Result.gen(function* () {
      const [its, seats, mine, applied] = [yield* game, yield* members, yield* invites, yield* applications]
      const open = mine.items.filter((invite) => isHere(invite) && isOpen(invite, now()))
      return {
        game: its,
        members: seats.memberships,
        computers: seats.computer_players ?? [],
        sent: open.filter(({ issuer_user_id }) => issuer_user_id === me.userId),
        received: open.find(({ invited_user_id }) => invited_user_id === me.userId),
        application: applied.items.find(isHere)
      }
    })
  })

  /** One thing at a time; whatever comes of it, the page is read anew. */
  const act = async <M extends MessageType>(what: string, type: M, request: Requests[M]) => {
    if (doing.get().what !== undefined) return undefined
    doing.set({ what, error: undefined })
    const answer = await me.call(type, request)
    const error = Result.isFailure(answer) ? answer.failure : undefined
    await loader.load()
    doing.set({ what: undefined, error })
    return { error }
  }

  const succeeds = async <M extends MessageType>(what: string, type: M, request: Requests[M]) => {
    const done = await act(what, type, request)
    return done !== undefined && done.error === undefined
  }

  /** For a form: its failure stands in the form, not above the page. */
  const inForm = async <M extends MessageType>(what: string, type: M, request: Requests[M]) => {
    const done = await act(what, type, request)
    doing.set({ what: undefined, error: undefined })
    return done?.error
  }

  return {
    view: loader.state,
    doing,
    load: loader.load,
    step: (step) => succeeds(step, `lobby.games.${step}`, { game_id }),
    update: (request) => inForm("update", "lobby.games.update", request),
    invite: (key, userId) =>
      succeeds(userId === undefined ? "invite" : `invite:${userId}`, "lobby.invites.issue", {
        game_id,
        idempotency_key: key,
        ...(userId === undefined ? {} : { invited_user_id: userId })
      }),
    revoke: ({ invite_id }) => succeeds(`revoke:${invite_id}`, "lobby.invites.revoke", { game_id, invite_id }),
    end: ({ membership_id }, as) =>
      succeeds(`end:${membership_id}`, `lobby.memberships.${as}`, { game_id, membership_id }),
    join: ({ invite_id }, race_name, code) =>
      inForm("join", "lobby.invites.redeem", {
        game_id,
        invite_id,
        race_name,
        ...(code === undefined ? {} : { code })
      }),
    decline: ({ invite_id }) => succeeds("decline", "lobby.invites.decline", { game_id, invite_id }),
    apply: (race_name) => inForm("apply", "lobby.applications.submit", { game_id, race_name })
  }
}
