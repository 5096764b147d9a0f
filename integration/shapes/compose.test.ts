/** The compose file for many machines: what it starts plays the demo's story, also without one of its backends. */
import { describe, expect, it } from "vitest"
import { platformImages } from "../images/platformImages.ts"
import { allReady, env, hasCompose, isHardened, started } from "./composed.ts"
import { attempts } from "./attempts.ts"
import { playStory } from "./story.ts"

describe.skipIf(!hasCompose)("the compose file of two backends", { timeout: 600_000 }, () => {
  it("start two backends whose engines are containers, and go on with one of them", () =>
    started("compose.yaml", async (compose) => {
      const { engine } = await platformImages(env ?? {})
      const addresses = await allReady(compose, "backend-1")
      await isHardened(compose)
      await compose.registerEngine(addresses.backend, engine)
      expect(await playStory(addresses, await compose.secrets())).toContain("all as promised")

      // An engine's network leads to no listener of a backend.
      const backends = ["backend-1", "backend-2"] as const
      const ports = [8081, 8082, 7070] as const
      const among = await Promise.all(backends.map((it) => compose.addressAmongEngines(it)))
      const attempted = [
        ...among.flatMap((host) => ports.map((port) => [host, port] as const)),
        ["backend-1", 8081] as const
      ]
      const reached = await compose.besideEngines(engine, attempts([...attempted, ["backend-1.front", 8081]]))
      const [front, ...others] = (JSON.parse(reached) as ReadonlyArray<string>).toReversed()
      expect(others).toEqual(attempted.map(() => "ECONNREFUSED"))
      // That name means nothing there.
      expect(front).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/)

      const second = await allReady(compose, "backend-2")
      await compose.run("kill", "backend-1")
      expect(await playStory(second, await compose.secrets())).toContain("all as promised")
    }))
})
