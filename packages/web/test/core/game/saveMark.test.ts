/** What pages without the list of orders say about it. */
import { Unavailable } from "@galaxy/client/ClientError"
import * as DraftLines from "@galaxy/web/core/game/draftLines"
import { saveMarkOf } from "@galaxy/web/core/game/saveMark"
import type { SaveState } from "@galaxy/web/core/game/saveState"
import { expect, it } from "vitest"

const none = DraftLines.start([])
const one = DraftLines.start([{ op: "vote", race: "Orion" }])

it.each<[string, typeof none, SaveState, ReturnType<typeof saveMarkOf>]>([
  ["nothing while the server is asked", one, { _tag: "loading" }, undefined],
  ["nothing to who has written nothing", none, { _tag: "saved", at: undefined }, undefined],
  ["that what was written earlier is there", one, { _tag: "saved", at: undefined }, "saved"],
  ["that the last order was taken back", none, { _tag: "saved", at: 5 }, "saved"],
  ["that it is on its way", one, { _tag: "unsaved" }, "saving"],
  ["that it failed", one, { _tag: "unsaved", error: new Unavailable({ message: "away" }) }, "unsaved"],
  ["that another device has written", one, { _tag: "changed", theirs: [] }, "changed"],
  ["that the turn takes none", one, { _tag: "closed", why: "generating" }, "closed"],
  ["nothing where a newer turn waits, which is told anyway", one, { _tag: "closed", why: "passed" }, undefined],
  ["nothing of a game that is over, which is told anyway", one, { _tag: "closed", why: "finished" }, undefined]
])("tells %s", (_, lines, save, mark) => {
  expect(saveMarkOf({ lines, save })).toBe(mark)
})
