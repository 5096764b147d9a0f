import { endAgent } from "@galaxy/host-node/net/endAgent"
import { Agent } from "undici"
import { expect, it } from "vitest"

it("an agent is destroyed", async () => {
  const agent = new Agent()
  await endAgent(agent)
  expect(agent.destroyed).toBe(true)
})

it("an agent that can't be destroyed, as on Bun, is left alone", async () => {
  await expect(endAgent({})).resolves.toBeUndefined()
})
