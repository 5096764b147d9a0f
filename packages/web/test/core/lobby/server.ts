/** A lobby of the test: answers calls as the server would, and fails where it is told to. */
import { CallFailed, type ClientError, Unavailable } from "@galaxy/client/ClientError"
import type { Caller, Game } from "@galaxy/web/core/lobby/Game"
import { Result } from "effect"

/** A game with what the tests look at; the rest is as new games have it. */
export const game = (over: Partial<Record<keyof Game, unknown>> = {}): Game =>
  ({
    game_id: "g1",
    owner_user_id: "me",
    visibility: "private",
    status: "draft",
    game_name: "Reach",
    description: "",
    min_players: 2,
    max_players: 4,
    member_count: 1,
    computer_players: 0,
    turn_schedule: "0 20 * * *",
    time_zone: "UTC",
    current_turn: 0,
    runtime_status: "none",
    early_turns: false,
    ...over
  }) as Game

export const lost: ClientError = new Unavailable({ message: "lost" })
export const refused = (code: string, reason?: string): ClientError =>
  new CallFailed({ code, message: reason ?? code, ...(reason === undefined ? {} : { reason }) })

/** Answers each call by `answer`, and keeps what was asked. */
export const caller = (answer: (type: string, request: never) => unknown) => {
  const asked: Array<{ readonly type: string; readonly request: Readonly<Record<string, unknown>> }> = []
  const me = {
    userId: "me",
    call: async (type: string, request: Readonly<Record<string, unknown>>) => {
      asked.push({ type, request })
      const given = await answer(type, request as never)
      return isError(given) ? Result.fail(given) : Result.succeed(given)
    }
  }
  return { me: me as unknown as Caller & { readonly userId: string }, asked }
}

const isError = (given: unknown): given is ClientError =>
  typeof given === "object" && given !== null && "_tag" in given && String(given._tag) !== "Success"

const steps = {
  "lobby.games.open_enrollment": ["draft", "enrollment_open"],
  "lobby.games.ready_to_start": ["enrollment_open", "ready_to_start"],
  "lobby.games.start": ["ready_to_start", "starting"],
  "lobby.games.retry_start": ["start_failed", "ready_to_start"]
} as const

/**
 * A lobby with at most one game. `fault` is asked before and after each call: what it returns is answered instead,
 * `before` without anything having happened and `after` although it has.
 */
export const lobby = (fault: (call: number, when: "before" | "after") => ClientError | undefined = () => undefined) => {
  let made: Game | undefined
  let madeGames = 0
  const keys = new Map<unknown, Game>()
  let call = 0
  const act = (type: string, request: Readonly<Record<string, unknown>>): unknown => {
    if (type === "lobby.games.create") {
      const key = request["idempotency_key"]
      if (!keys.has(key)) {
        madeGames++
        made = game({ game_id: `g${madeGames}` })
        keys.set(key, made)
      }
      return made
    }
    if (made === undefined || request["game_id"] !== made.game_id) return refused("not_found")
    if (type === "lobby.games.get") return made
    const [from, to] = steps[type as keyof typeof steps]
    if (made.status !== from) return refused("conflict", "wrong_state")
    made = { ...made, status: to }
    return made
  }
  const { me, asked } = caller((type, request) => {
    const now = call++
    const instead = fault(now, "before")
    if (instead !== undefined) return instead
    const answer = act(type, request)
    return fault(now, "after") ?? answer
  })
  return {
    me,
    asked,
    games: () => madeGames,
    status: () => made?.status,
    becomes: (status: Game["status"]) => {
      if (made !== undefined) made = { ...made, status }
    }
  }
}
