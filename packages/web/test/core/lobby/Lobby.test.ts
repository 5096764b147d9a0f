/** The lists of the lobby, and what is done in them. */
import * as Hall from "@galaxy/web/core/lobby/Hall"
import * as JoinByCode from "@galaxy/web/core/lobby/JoinByCode"
import * as Lobby from "@galaxy/web/core/lobby/Lobby"
import type { Application, Invite } from "@galaxy/web/core/lobby/Game"
import { DateTime } from "effect"
import { describe, expect, it } from "vitest"
import { caller, game, refused } from "./server.ts"

const invite = (over: Partial<Record<keyof Invite, unknown>> = {}): Invite =>
  ({
    invite_id: "i1",
    game_id: "g1",
    issuer_user_id: "other",
    invited_user_id: "me",
    status: "pending",
    expires_at: DateTime.makeUnsafe(1_000),
    ...over
  }) as Invite

describe("the lobby", () => {
  it("shows the invitations that can still be accepted", () => {
    const all = [
      invite(),
      invite({ invite_id: "over", expires_at: DateTime.makeUnsafe(500) }),
      invite({ invite_id: "declined", status: "declined" }),
      invite({ invite_id: "sent", invited_user_id: "other", issuer_user_id: "me" })
    ]
    expect(Lobby.received(all, "me", 700).map(({ invite_id }) => invite_id)).toEqual(["i1"])
  })

  it("shows the applications that wait, and no private game among the open ones", () => {
    const applications = ["pending", "approved", "rejected"].map((status) => ({ status }) as Application)
    expect(Lobby.waiting(applications)).toEqual([{ status: "pending" }])
    expect(Lobby.openToAll([game(), game({ visibility: "public" })])).toHaveLength(1)
  })

  it("takes a seat that it has already for one that it has taken", async () => {
    const { me } = caller(() => refused("conflict", "already_member"))
    expect(await Lobby.make(me).join(invite(), "Aldovar")).toBeUndefined()
    const full = caller(() => refused("conflict", "full"))
    expect(await Lobby.make(full.me).join(invite(), "Aldovar")).toMatchObject({ reason: "full" })
  })

  it("reads after an event what the event can have changed", async () => {
    const { me, asked } = caller(() => ({ games: [], invites: [], applications: [] }))
    const lobby = Lobby.make(me)
    lobby.load("game.turn.ready")
    await Promise.resolve()
    expect(asked.map(({ type }) => type)).toEqual(["lobby.my.games"])
    lobby.load("lobby.invite.received")
    lobby.load("gateway.gap")
    for (let round = 0; round < 20; round++) await Promise.resolve()
    expect(new Set(asked.map(({ type }) => type)).size).toBe(4)
  })

  it("joins by a code alone", async () => {
    const { me, asked } = caller((type) =>
      type === "lobby.invites.look" ? { game_id: "g1", invite_id: "i1" } : { membership_id: "m1" }
    )
    const joining = JoinByCode.make(me, "c0de")
    await joining.look.load()
    expect(await joining.join("Aldovar")).toBeUndefined()
    expect(asked.at(-1)).toEqual({
      type: "lobby.invites.redeem",
      request: { game_id: "g1", invite_id: "i1", race_name: "Aldovar", code: "c0de" }
    })
  })
})

describe("the hall of a game", () => {
  const answers = (type: string) => {
    switch (type) {
      case "lobby.games.get":
        return game({ status: "running" })
      case "lobby.memberships.list":
        return { memberships: [] }
      case "lobby.my.invites":
        return {
          invites: [
            invite({ invite_id: "link", issuer_user_id: "me", invited_user_id: undefined }),
            invite({ invite_id: "over", expires_at: DateTime.makeUnsafe(500) }),
            invite({ invite_id: "elsewhere", game_id: "g2" }),
            invite({ invite_id: "mine" })
          ]
        }
      case "lobby.my.applications":
        return { applications: [] }
      default:
        return refused("conflict", "wrong_state")
    }
  }

  it("has the open invitations of this game", async () => {
    const hall = Hall.make(caller(answers).me, "g1", () => 700)
    await hall.load()
    const view = hall.view.get().value
    expect(view?.sent.map(({ invite_id }) => invite_id)).toEqual(["link"])
    expect(view?.received?.invite_id).toBe("mine")
  })

  it("does one thing at a time, reads anew, and says why something wasn't done", async () => {
    const { me, asked } = caller(answers)
    const hall = Hall.make(me, "g1", () => 700)
    const [first, second] = await Promise.all([hall.step("pause"), hall.step("cancel")])
    expect([first, second]).toEqual([false, false])
    expect(asked.filter(({ type }) => /pause|cancel/.test(type)).map(({ type }) => type)).toEqual(["lobby.games.pause"])
    expect(hall.doing.get()).toMatchObject({ what: undefined, error: { reason: "wrong_state" } })
    expect(hall.view.get().value?.game.status).toBe("running")
  })

  it("leaves a form's refusal to the form", async () => {
    const hall = Hall.make(caller(answers).me, "g1", () => 700)
    expect(await hall.apply("Aldovar")).toMatchObject({ reason: "wrong_state" })
    expect(hall.doing.get().error).toBeUndefined()
  })
})
