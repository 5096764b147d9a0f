import { GameStatus } from "@galaxy/contract/api/UserLobby"
import {
  type GameAction,
  type GameFacts,
  inviting,
  rules,
  terminal,
  type Verdict,
  verdict,
  type Who
} from "@galaxy/core/lobby/game/GameState"
import { assert, describe, it } from "@effect/vitest"

type Visibility = GameFacts["visibility"]

const letters: Readonly<Record<string, GameStatus>> = {
  d: "draft",
  e: "enrollment_open",
  r: "ready_to_start",
  s: "starting",
  f: "start_failed",
  R: "running",
  P: "paused",
  F: "finished",
  C: "cancelled"
}

/** The columns of the table: every state, and the two whose past matters. */
const columns: ReadonlyArray<Omit<GameFacts, "visibility">> = [
  ...["d", "e", "r", "s", "f"].map((it) => ({ status: letters[it]!, stopped: false, started: false })),
  ...["R", "P", "F", "C"].map((it) => ({ status: letters[it]!, stopped: false, started: true })),
  { status: "paused", stopped: true, started: true },
  { status: "starting", stopped: false, started: true }
]

// The whole machine of the specification, written out a second time. A letter is the state that the action leads to,
// `=` leaves the state as it is, and a dot is a conflict.
//                                  waiting, start                            engine   started
//                       draft open ready starting failed running paused finished cancelled | stopped | again
const machine: Readonly<Record<GameAction, string>> = {
  update: /*         */ "= = = = = = = . . = =",
  open_enrollment: /**/ "e . . . . . . . . . .",
  ready_to_start: /* */ ". r . . . . . . . . .",
  start: /*          */ ". . s . . . . . . . .",
  retry_start: /*    */ ". . . . r . . . . . .",
  pause: /*          */ ". . . . . P . . . . .",
  resume: /*         */ ". . . . . . R . . . .",
  cancel: /*         */ "C C C C C C C . . C C",
  force_start: /*    */ "s s s . s . . . . s .",
  force_stop: /*     */ ". . . f . P P . . P P",
  ban_member: /*     */ "= = = = = = = = = = =",
  issue_invite: /*   */ "= = = . . . . . . . .",
  redeem_invite: /*  */ "= = = . . . . . . . .",
  submit_application: ". = . . . . . . . . .",
  approve_application: ". = = . . . . . . . .",
  end_membership: /* */ "= = = = = = = . . = =",
  report_running: /* */ ". . . R . . . . . . R",
  report_start_failed: ". . . f . . . . . . f",
  finish: /*         */ ". . . . . F F . . F ."
}

const everyone: ReadonlyArray<Who> = ["owner", "member", "invited", "stranger", "admin", "runtime"]

// Who may take an action at all: `+` may, `n` finds no game, `o` is told that it is the owner's, `.` that the game is
// not of the kind. In the order of `everyone`; a public game has no owner (`-`).
const owners = { private: "+ o o n o o", public: "- o o o + o" }
const people: Readonly<Record<GameAction, Readonly<Record<Visibility, string>>>> = {
  update: owners,
  open_enrollment: owners,
  ready_to_start: owners,
  start: owners,
  retry_start: owners,
  pause: owners,
  resume: owners,
  cancel: { private: "+ o o n + o", public: "- o o o + o" },
  force_start: { private: "o o o n + o", public: "- o o o + o" },
  force_stop: { private: "o o o n + o", public: "- o o o + o" },
  ban_member: { private: "o o o n + o", public: "- o o o + o" },
  issue_invite: { private: "+ o o n o o", public: "- . . . . ." },
  redeem_invite: { private: "+ + + n o o", public: "- . . . . ." },
  submit_application: { private: ". . . n . .", public: "- + + + o o" },
  approve_application: { private: ". . . n . .", public: "- o o o + o" },
  end_membership: owners,
  report_running: { private: "o o o n o +", public: "- o o o o +" },
  report_start_failed: { private: "o o o n o +", public: "- o o o o +" },
  finish: { private: "o o o n o +", public: "- o o o o +" }
}

const refusals = { n: "not_found", o: "not_owner", ".": "wrong_state" } as const

const expected = (action: GameAction, game: GameFacts, column: number, who: Who): Verdict => {
  const may = people[action][game.visibility].split(" ")[everyone.indexOf(who)] ?? ""
  if (may !== "+") return { refused: refusals[may as keyof typeof refusals] }
  const to = machine[action].split(" ")[column] ?? ""
  if (to === ".") return { refused: "wrong_state" }
  return { to: to === "=" ? game.status : letters[to]! }
}

describe("the state machine of a game", () => {
  const actions = Object.keys(rules) as ReadonlyArray<GameAction>

  it("is written out here whole", () => {
    assert.sameMembers([...actions], Object.keys(machine))
    assert.deepStrictEqual([...new Set(columns.map((it) => it.status))].toSorted(), [...GameStatus.literals].toSorted())
    for (const row of Object.values(machine)) assert.strictEqual(row.split(" ").length, columns.length)
  })

  for (const action of actions) {
    it(`${action}: every state, every kind of game, everybody`, () => {
      let checked = 0
      for (const visibility of ["private", "public"] as const) {
        for (const [column, facts] of columns.entries()) {
          for (const who of everyone) {
            if (visibility === "public" && who === "owner") continue
            const game = { ...facts, visibility }
            const what = `${who} takes ${action} in a ${visibility} game that is ${JSON.stringify(facts)}`
            assert.deepStrictEqual(verdict(game, action, who), expected(action, game, column, who), what)
            checked++
          }
        }
      }
      assert.strictEqual(checked, 11 * 11)
    })
  }

  it("ends in finished and cancelled only", () => {
    const moves = (status: GameStatus) =>
      actions.some((it) => "to" in rules[it] && (rules[it].from as ReadonlyArray<GameStatus>).includes(status))
    assert.deepStrictEqual(GameStatus.literals.filter((it) => !moves(it)).toSorted(), [...terminal].toSorted())
  })

  it("lets an owner invite up to the start", () => {
    assert.sameMembers([...inviting], ["draft", "enrollment_open", "ready_to_start"])
  })

  it("lets only the runtime say that a game runs, has failed to start or is finished", () => {
    const ofRuntime = actions.filter((it) => rules[it].by === "runtime")
    assert.sameMembers([...ofRuntime], ["report_running", "report_start_failed", "finish"])
  })
})
