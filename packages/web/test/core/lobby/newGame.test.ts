/** The form for a game: what it asks for, what is wrong in it, and whose fault a refusal is. */
import { CreateGame, UpdateGame } from "@galaxy/contract/api/UserLobby"
import { codeOf, linkOf } from "@galaxy/web/core/lobby/codes"
import { gameCards } from "@galaxy/web/core/lobby/gameCards"
import { createRequest, emptyForm, fieldOf, formOf, problemsOf, updateRequest } from "@galaxy/web/core/lobby/newGame"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { game, refused } from "./server.ts"

const form = { ...emptyForm("Aldovar", "Europe/Berlin"), name: "Friends" }

describe("the form for a game", () => {
  it("becomes a request that the server takes", () => {
    const request = createRequest({ ...form, computers: 2 }, "key-1")
    expect(Schema.decodeUnknownSync(CreateGame)(request)).toMatchObject({
      min_players: 4,
      max_players: 6,
      computer_players: 2,
      turn_schedule: "0 20 * * *",
      missed_turns_reminder: 2,
      missed_turns_limit: 3,
      absence_action: "computer"
    })
    expect(createRequest({ ...form, schedule: { _tag: "ready" } }, "key-1").early_turns).toBe(true)
  })

  it("comes back from the game that was made of it", () => {
    const made = game({
      game_name: "Friends",
      min_players: 4,
      max_players: 6,
      computer_players: 2,
      absence_action: "removal",
      missed_turns_limit: 5
    })
    expect(formOf(made)).toMatchObject({ people: 4, computers: 2, leastPeople: 2, absence: "removal", absenceAfter: 5 })
    expect(Schema.decodeUnknownSync(UpdateGame)(updateRequest(formOf(made), made))).toMatchObject({ max_players: 6 })
    expect(updateRequest(formOf(made), game({ status: "running" }))).not.toHaveProperty("max_players")
  })

  it("names what is wrong, at its field", () => {
    expect(problemsOf(form, true).size).toBe(0)
    const wrong = problemsOf({ ...form, name: " ", race: "", people: 0, leastPeople: 9, computers: Number.NaN }, true)
    expect([...wrong.keys()].toSorted()).toEqual(["computers", "leastPeople", "name", "people", "race"])
    expect(
      problemsOf({ ...form, schedule: { _tag: "days", days: [], hour: 1, minute: 0 } }, true).get("schedule")
    ).toBe("days")
    expect(problemsOf({ ...form, race: "" }, false).size).toBe(0)
  })

  it("puts a refusal at the field that it is about", () => {
    expect(fieldOf(refused("conflict", "name_taken"))).toBe("race")
    expect(fieldOf(refused("invalid_request", "turn_schedule never comes due"))).toBe("schedule")
    expect(fieldOf(refused("conflict", "limit_reached"))).toBe("whole")
  })
})

describe("codes", () => {
  it.each([
    ["761ab5a586357b605c6e31fd429c25eb", "761ab5a586357b605c6e31fd429c25eb"],
    [" 761AB5A5 ", "761ab5a5"],
    ["https://play.example.org/join/761ab5a5?x=1", "761ab5a5"],
    ["Come! https://play.example.org/join/761ab5a5 now", "761ab5a5"]
  ])("are found in %s", (typed, code) => {
    expect(codeOf(typed)).toBe(code)
  })

  it("are found in their own links, and in nothing else", () => {
    expect(codeOf(linkOf("https://play.example.org", "ab12"))).toBe("ab12")
    expect(codeOf("https://play.example.org/")).toBeUndefined()
    expect(codeOf("")).toBeUndefined()
  })
})

describe("the cards of games", () => {
  it("begin with what needs the player", () => {
    const seat = { membership_id: "m", race_name: "Aldovar", status: "active", ready: false }
    const cards = gameCards(
      [
        game({ game_id: "over", status: "finished", membership: seat }),
        game({ game_id: "gathering", owner_user_id: "other", status: "enrollment_open", membership: seat }),
        game({ game_id: "mine", status: "enrollment_open", member_count: 2, membership: seat }),
        game({ game_id: "given", status: "running", membership: { ...seat, orders: 3 } }),
        game({ game_id: "orders", status: "running", membership: seat })
      ],
      "me"
    )
    expect(cards.map((card) => card.game.game_id)).toEqual(["orders", "mine", "given", "gathering", "over"])
    expect(cards[0]?.href).toBe("/games/orders/map")
    expect(cards[3]).toMatchObject({ missing: 1, need: "waits", href: "/games/gathering" })
  })
})
