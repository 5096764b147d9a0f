/** What the web client knows of the lobby is the lobby's own: the actions that it offers, and what can be a race's name. */
import { type GameAction, type GameFacts, rules, verdict } from "@galaxy/core/lobby/game/GameState"
import { accept, keyOf, RaceNameInvalid } from "@galaxy/core/race-name/RaceName"
import { GameStatus } from "@galaxy/contract/api/UserLobby"
import { type Action, actionsOf, type Standing } from "@galaxy/web/core/lobby/actionsOf"
import { nameProblem, shownName, suggestName } from "@galaxy/web/core/lobby/raceNames"
import { describe, expect, it } from "vitest"

const standings: ReadonlyArray<Standing> = ["owner", "member", "invited", "stranger"]

/** The rule of the lobby behind each action of the client. A member's leaving is the end of their own membership. */
const ruleOf: Readonly<Record<Action, GameAction>> = {
  update: "update",
  open_enrollment: "open_enrollment",
  ready_to_start: "ready_to_start",
  start: "start",
  retry_start: "retry_start",
  pause: "pause",
  resume: "resume",
  cancel: "cancel",
  issue_invite: "issue_invite",
  end_membership: "end_membership",
  leave: "end_membership",
  submit_application: "submit_application",
  redeem_invite: "redeem_invite"
}

const situations = GameStatus.literals.flatMap((status) =>
  (["private", "public"] as const).flatMap((visibility) =>
    [true, false].flatMap((stopped) =>
      standings.flatMap((standing) =>
        [true, false].map((seated) => ({
          status,
          visibility,
          stopped,
          standing,
          seated: seated || standing === "member"
        }))
      )
    )
  )
)

describe("the actions that the client offers", () => {
  it("are those that the lobby allows, in every state, to everybody", () => {
    for (const { status, visibility, stopped, standing, seated } of situations) {
      const facts: GameFacts = { status, visibility, stopped, started: status !== "draft" }
      const offered = actionsOf(
        { status, visibility, runtime_status: stopped ? "stopped" : "running" },
        { standing, seated }
      )
      for (const [action, rule] of Object.entries(ruleOf) as ReadonlyArray<[Action, GameAction]>) {
        // One's own seat is ended as the owner of a game ends any; who has a seat takes no second one.
        const who = action === "leave" && seated ? "owner" : standing
        const allowed = "to" in verdict(facts, rule, who)
        const expected =
          action === "leave" ? allowed && seated : rules[rule].by === "player" ? allowed && !seated : allowed
        const where = `${action} as ${standing}${seated ? " with a seat" : ""} in ${visibility} ${status}`
        expect(`${where}: ${offered.has(action)}`).toBe(
          `${where}: ${expected && !(standing === "stranger" && visibility === "private")}`
        )
      }
    }
  })

  it("are all that players have", () => {
    const ofPeople = Object.entries(rules).filter(([, { by }]) => by === "owner" || by === "player")
    const known = new Set<string>([...Object.values(ruleOf), "approve_application"])
    expect(ofPeople.map(([action]) => action).filter((action) => !known.has(action))).toEqual([])
  })
})

describe("names of races", () => {
  it.each([
    "Aldovar",
    "Ñandú",
    "Рим",
    "a-b_c",
    "a--b",
    "_a",
    "a_",
    "a b",
    " a ",
    "12",
    "a1",
    "x".repeat(20),
    "x".repeat(21),
    "a.b",
    "",
    "ab🙂",
    "日本"
  ])("are accepted as the lobby accepts them: %j", (typed) => {
    const accepted = accept(typed)
    const refused = accepted instanceof RaceNameInvalid
    expect(nameProblem(typed) !== undefined).toBe(refused)
    expect(refused ? accepted : shownName(typed)).toBe(accepted)
  })

  it("of our own invention are accepted, and none looks like another", () => {
    const names: Array<string> = []
    for (let count = 0; count < 48; count++) names.push(suggestName(() => 0, names))
    expect(names.filter((name) => accept(name) instanceof RaceNameInvalid)).toEqual([])
    expect(new Set(names.map(keyOf)).size).toBe(names.length)
    expect(suggestName(() => 0.5, names)).toMatch(/-2$/)
  })
})
