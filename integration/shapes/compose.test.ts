/** The compose file for many machines: what it starts plays the demo's story, also without one of its backends. */
import { describe, expect, it } from "vitest"
import { platformImages } from "../images/platformImages.ts"
import { allReady, env, hasCompose, isHardened, started } from "./composed.ts"
import { playStory } from "./story.ts"

describe.skipIf(!hasCompose)("the compose file of two backends", { timeout: 600_000 }, () => {
  it("start two backends whose engines are containers, and go on with one of them", () =>
    started("compose.yaml", async (compose) => {
      const { engine } = await platformImages(env ?? {})
      const addresses = await allReady(compose, "backend-1")
      await isHardened(compose)
      await compose.registerEngine(addresses.backend, engine)
      expect(await playStory(addresses, await compose.secrets())).toContain("all as promised")

      const second = await allReady(compose, "backend-2")
      await compose.run("kill", "backend-1")
      expect(await playStory(second, await compose.secrets())).toContain("all as promised")
    }))
})
