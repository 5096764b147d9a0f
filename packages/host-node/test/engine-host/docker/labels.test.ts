/** Whose container it is, by its labels. */
import { GameId } from "@galaxy/contract/ids/Ids"
import { isOwn, labelsOf } from "@galaxy/host-node/engine-host/docker/labels"
import { assert, describe, it } from "@effect/vitest"

const owner = { installation: "galaxy", platform: "p", incarnation: "second" }
const run = { gameId: GameId.make("019a0000-0000-7000-8000-000000000000"), epoch: 1 }

describe("a container belongs to the platform", () => {
  it("whose id it has, in every incarnation", () => {
    assert.isTrue(isOwn(owner, labelsOf(owner, run)))
    assert.isTrue(isOwn(owner, labelsOf({ ...owner, incarnation: "first" }, run)))
    assert.isFalse(isOwn(owner, labelsOf({ ...owner, platform: "q", incarnation: "other" }, run)))
    assert.isFalse(isOwn(owner, null))
  })

  it("whose present incarnation it has, if it is from before containers had that id", () => {
    const { "galaxy.platform": _, ...earlier } = labelsOf(owner, run)
    assert.isTrue(isOwn(owner, earlier))
    assert.isFalse(isOwn({ ...owner, incarnation: "third" }, earlier))
  })
})
