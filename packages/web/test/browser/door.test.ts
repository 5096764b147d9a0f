/** Everything outside a game, on one platform: each start of one takes seconds. */
import { describe } from "vitest"
import { operators } from "./operators.ts"
import { screens } from "./harness.ts"
import { keyboard } from "./keyboard.ts"
import { lobby } from "./lobby.ts"
import { signIn } from "./signIn.ts"
import { trust } from "./trust.ts"

screens("Outside a game", (stage) => {
  describe("Signing in", () => {
    signIn(stage)
  })
  describe("The lobby", () => {
    lobby(stage)
  })
  describe("Trust", () => {
    trust(stage)
  })
  describe("A keyboard", () => {
    keyboard(stage)
  })
  describe("The operators' console", () => {
    operators(stage)
  })
})
