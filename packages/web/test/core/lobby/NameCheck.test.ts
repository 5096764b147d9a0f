/** The live check of a name: one answer at a time, and never one about another text. */
import * as NameCheck from "@galaxy/web/core/lobby/NameCheck"
import { describe, expect, it } from "vitest"
import { caller, lost } from "./server.ts"

const settle = async () => {
  for (let round = 0; round < 20; round++) await new Promise((done) => setImmediate(done))
}

const free = { available: true }
const taken = { available: false, reason: "name_taken" }
const game = { gameId: "g1", code: "c0de" }

describe("the check of a name", () => {
  it("asks once the typing rests, about the newest text alone", async () => {
    const { me, asked } = caller(() => free)
    const rests: Array<() => void> = []
    const check = NameCheck.make({
      me,
      game,
      initial: "Aldovar",
      sleep: () => new Promise((done) => rests.push(() => done()))
    })
    await settle()
    check.type("Al")
    check.type("Alt")
    check.type("Altar")
    for (const rest of rests) rest()
    await settle()
    expect(asked.map(({ request }) => request["name"])).toEqual(["Aldovar", "Altar"])
    expect(asked.at(-1)?.request).toEqual({ game_id: "g1", code: "c0de", name: "Altar" })
    expect(check.state.get()._tag).toBe("free")
  })

  it("drops an answer about an earlier text", async () => {
    const answers: Array<(answer: unknown) => void> = []
    const { me } = caller(() => new Promise((done) => answers.push(done)))
    const check = NameCheck.make({ me, game, initial: "First", sleep: async () => undefined })
    await settle()
    check.type("Second")
    await settle()
    answers[1]?.(free)
    await settle()
    answers[0]?.(taken)
    await settle()
    expect(check.state.get()._tag).toBe("free")
  })

  it("says at once what can't be a name, and asks nobody", async () => {
    const { me, asked } = caller(() => free)
    const check = NameCheck.make({ me, game, initial: "Two__" })
    await settle()
    expect(check.state.get()).toEqual({ _tag: "wrong", problem: "ends" })
    check.type("")
    expect(check.state.get()).toEqual({ _tag: "wrong", problem: "empty" })
    expect(asked).toEqual([])
  })

  it("takes another invented name when its own is taken, but not for ever", async () => {
    const { me, asked } = caller(() => taken)
    const check = NameCheck.make({ me, game, random: () => 0 })
    await settle()
    expect(check.state.get()._tag).toBe("taken")
    const names = asked.map(({ request }) => request["name"])
    expect(new Set(names).size).toBe(5)
  })

  it("leaves a typed name that is taken", async () => {
    const { me } = caller(() => taken)
    const check = NameCheck.make({ me, game, initial: "Mine", sleep: async () => undefined })
    await settle()
    check.type("Other")
    await settle()
    expect(check.name.get()).toBe("Other")
    expect(check.state.get()._tag).toBe("taken")
  })

  it("asks before there is a game, too", async () => {
    const { me, asked } = caller(() => taken)
    const check = NameCheck.make({ me, initial: "Mine" })
    await settle()
    expect(asked.map(({ request }) => request)).toEqual([{ name: "Mine" }])
    expect(check.state.get()._tag).toBe("taken")
  })

  it("knows nothing where the server can't be asked", async () => {
    const { me } = caller(() => lost)
    const check = NameCheck.make({ me, game, initial: "Mine" })
    await settle()
    expect(check.state.get()._tag).toBe("unknown")
  })
})
