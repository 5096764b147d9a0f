/** How many notices the badge counts. */
import { countOf } from "@galaxy/web/core/notices/Notices"
import { expect, it } from "vitest"

const ready = (game_id: string, turn: number) => ({ kind: "game.turn.ready", payload: { game_id, turn } })
const invited = { kind: "lobby.invite.received", payload: { game_id: "a" } }

it("counts the newest turn of each game once, and everything else one by one", () => {
  expect(countOf([])).toBe(0)
  expect(countOf([ready("a", 3), ready("b", 9), ready("a", 2), invited, ready("a", 1), invited])).toBe(4)
})
