/** Everything inside a game, on one platform and in few games: each start of one takes seconds. */
import { describe } from "vitest"
import { absence } from "./absence.ts"
import { gamesOf } from "./games.ts"
import { screens } from "./harness.ts"
import { map } from "./map.ts"
import { play } from "./play.ts"

screens("In a game", (stage) => {
  const games = gamesOf(stage)
  describe("The map", () => {
    map(stage, games)
  })
  describe("Its pages", () => {
    play(stage, games)
  })
  describe("While nobody looks", () => {
    absence(stage, games)
  })
})
