/** Platforms on real servers, whose faults are those of a network; they take longer than those in this process. */
import assert from "node:assert/strict"
import { startGalaxy } from "@galaxy/testkit/startGalaxy"
import { describe, it } from "vitest"
import { inTheEnd } from "./inTheEnd.ts"

const redis = process.env["GALAXY_TEST_REDIS_URL"]
const postgres = process.env["GALAXY_TEST_DATABASE_URL"]

describe.skipIf(redis === undefined)("Redis", () => {
  it("that is cut off stops requests until it is back", async () => {
    await using galaxy = await startGalaxy({ redis: redis ?? "" })
    const [ada] = await inTheEnd(() => galaxy.players("Ada"))
    {
      using _ = await galaxy.fail.redis()
      await assert.rejects(ada.call("user.account.get"))
    }
    // Reservations may have been lost with the connection, so the store waits before it vouches for requests again.
    await inTheEnd(() => ada.call("user.account.get"))
  })
})

describe.skipIf(postgres === undefined)("PostgreSQL", () => {
  it.each(["cut", "slow", "read-only", "half-open"] as const)("with the fault %s recovers", async (fault) => {
    await using galaxy = await startGalaxy({ postgres: postgres ?? "" })
    const write = async () => {
      const [ada] = await galaxy.players("Ada")
      const { display_name } = await ada.call("user.profile.update", { display_name: fault })
      assert.equal(display_name, fault)
    }
    await write()
    {
      await using _ = await galaxy.fail.database(fault)
      if (fault === "cut" || fault === "read-only") await assert.rejects(write())
      else await inTheEnd(write)
    }
    await inTheEnd(write)
    await galaxy.reset()
    assert.equal((await galaxy.adminCall<{ users: ReadonlyArray<unknown> }>("GET", "/users")).users.length, 0)
    await write()
  })
})
