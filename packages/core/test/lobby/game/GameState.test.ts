import { GameStatus } from "@galaxy/contract/api/UserLobby"
import { after, type GameAction, inviting, terminal, transitions } from "@galaxy/core/lobby/game/GameState"
import { assert, describe, it } from "@effect/vitest"

const statuses = GameStatus.literals
const actions = Object.keys(transitions) as ReadonlyArray<GameAction>

// The whole graph of the specification, written out a second time: every pair that isn't here is a conflict.
const graph: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  draft: { open_enrollment: "enrollment_open", cancel: "cancelled" },
  enrollment_open: { ready_to_start: "ready_to_start", cancel: "cancelled" },
  ready_to_start: { start: "starting", cancel: "cancelled" },
  starting: { report_running: "running", report_start_failed: "start_failed", cancel: "cancelled" },
  start_failed: { retry_start: "ready_to_start", cancel: "cancelled" },
  running: { pause: "paused", finish: "finished", cancel: "cancelled" },
  paused: { resume: "running", finish: "finished", cancel: "cancelled" },
  finished: {},
  cancelled: {}
}

describe("the state machine of a game", () => {
  for (const status of statuses) {
    for (const action of actions) {
      const to = graph[status]?.[action]
      it(`${action} from ${status} ${to === undefined ? "is refused" : `leads to ${to}`}`, () => {
        assert.strictEqual(after(status, action), to as GameStatus | undefined)
      })
    }
  }

  it("ends in finished and cancelled only", () => {
    const stuck = statuses.filter((status) => actions.every((action) => after(status, action) === undefined))
    assert.deepStrictEqual([...stuck].toSorted(), [...terminal].toSorted())
  })

  it("lets an owner invite up to the start", () => {
    assert.sameMembers([...inviting], ["draft", "enrollment_open", "ready_to_start"])
  })

  it("reaches every state from draft", () => {
    const reached = new Set<GameStatus>(["draft"])
    for (const status of reached) {
      for (const action of actions) {
        const to = after(status, action)
        if (to !== undefined) reached.add(to)
      }
    }
    assert.strictEqual(reached.size, statuses.length)
  })

  it("lets only the runtime say that a game runs, has failed to start or is finished", () => {
    const ofRuntime = actions.filter((it) => transitions[it].by === "runtime").map((it) => transitions[it].to)
    assert.deepStrictEqual(ofRuntime.toSorted(), ["finished", "running", "start_failed"])
  })
})
