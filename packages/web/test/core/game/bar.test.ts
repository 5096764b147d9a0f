/** When the next turn of a game is due, as its bar says it. */
import { dueOf } from "@galaxy/web/core/game/bar"
import { DateTime } from "effect"
import { expect, it } from "vitest"
import { game } from "../lobby/server.ts"

const at = (millis: number) => DateTime.makeUnsafe(millis)

it.each([
  ["at its time", { next_turn_at: at(2_000) }, { _tag: "at", millis: 2_000 }],
  ["now, when its time has come", { next_turn_at: at(1_000) }, { _tag: "now" }],
  ["now, while it is made", { runtime_status: "generation_in_progress" }, { _tag: "now" }],
  [
    "once all are ready, where nothing else counts",
    { turn_schedule: "0 12 29 2 *", next_turn_at: at(9e12) },
    { _tag: "ready" }
  ],
  ["at no time that is known", {}, { _tag: "none" }],
  ["at no time while it is paused", { status: "paused", next_turn_at: at(2_000) }, { _tag: "none" }]
])("the next turn is due %s", (_, over, due) => {
  expect(dueOf(game({ status: "running", runtime_status: "running", ...over }), 1_000)).toEqual(due)
})
