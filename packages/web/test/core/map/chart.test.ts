import { serialize } from "node:v8"
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { generate } from "@galaxy/engine/generation/generate"
import { reporter } from "@galaxy/engine/report/reports"
import { chartSceneOf } from "@galaxy/web/core/map/chartScene"
import { sceneOf } from "@galaxy/web/core/map/scene"
import { Result } from "effect"
import { describe, expect, it } from "vitest"

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

const init: InitRequest = {
  game_id: GameId.make(uuid(1)),
  seed: "busy",
  races: Array.from({ length: 200 }, (_, index) => ({
    name: `Race_${index}`,
    player_id: EnginePlayerId.make(uuid(index + 1))
  }))
}

describe("what a worker is handed of 2,000 planets", () => {
  const scene = sceneOf(reporter(Result.getOrThrow(generate(init)), [])(0))
  const handed = chartSceneOf(scene)

  it("is plain data: a copy has all of it", () => {
    expect(handed.spots.length).toBe(2_000)
    expect(structuredClone(handed)).toEqual(handed)
    // Marks of home are told by identity.
    const copy = structuredClone(handed)
    expect(copy.spots).toContain(copy.home)
  })

  it("is small enough to be copied within a frame", () => {
    expect(serialize(handed).length / 1_024).toBeLessThan(600)
  })
})
