/** The compose file for one machine: what it starts plays the demo's story, and goes on after restarts. */
import { describe, expect, it } from "vitest"
import { allReady, hasCompose, isHardened, started } from "./composed.ts"
import { playStory } from "./story.ts"

describe.skipIf(!hasCompose)("the compose file of one machine", { timeout: 600_000 }, () => {
  it("start a platform on one machine that plays the demo's story", () =>
    started("small.yaml", async (compose) => {
      const addresses = await allReady(compose, "backend")
      await isHardened(compose)
      expect(await playStory(addresses, await compose.secrets())).toContain("all as promised")
      expect(await (await fetch(`${addresses.gateways[1]}/`)).text()).toContain("<!doctype html>")

      // The same containers on the same volumes: what is stored there is read again.
      await compose.run("restart", "--timeout", "20", "postgres", "backend")
      const after = await allReady(compose, "backend")
      expect(await playStory(after, await compose.secrets())).toContain("all as promised")
    }))
})
