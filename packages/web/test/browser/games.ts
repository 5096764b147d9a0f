/** Games that several scenarios play in. Each of their players has one, so that nobody's orders are in another's way. */
import type { TestPlayer } from "@galaxy/testkit/TestPlayer"
import type { Game } from "@galaxy/testkit/startGalaxy"
import { beforeAll } from "vitest"
import type { Stage } from "./harness.ts"

/** The four who share the game that has just begun. */
export const beginners = ["Lin", "Mia", "Eve", "Zoe"] as const

/** A game that Ada has played for some turns with two computer players, and one of four that has just begun. */
export interface Games {
  readonly ada: TestPlayer
  readonly played: Game
  readonly beginner: Readonly<Record<(typeof beginners)[number], TestPlayer>>
  readonly begun: Game
}

/** Turns are made once a day, so that a page that misses one has missed a day. */
const turnSchedule = "0 0 * * *"

/** Makes both before the first test of the group. Whoever lets time pass moves both on, so that is for the last. */
export const gamesOf = (stage: () => Stage): (() => Games) => {
  let games: Games | undefined
  beforeAll(async () => {
    const { galaxy } = stage()
    const [ada] = await galaxy.players("Ada")
    const played = await galaxy.game([ada], { computerPlayers: 2, turns: 5, turnSchedule, name: "Orion Reach" })
    const [Lin, Mia, Eve, Zoe] = await galaxy.players(...beginners)
    const begun = await galaxy.game([Lin, Mia, Eve, Zoe], { computerPlayers: 1, turnSchedule, name: "First Light" })
    games = { ada, played, beginner: { Lin, Mia, Eve, Zoe }, begun }
  })
  return () => {
    if (games === undefined) throw new Error("the games are there once the tests run")
    return games
  }
}
