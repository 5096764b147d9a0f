/** People whom one knows from other games, so that one can invite them without a code. */
import { Result } from "effect"
import type { Caller } from "./Game.ts"

/** Somebody, with the newest game that both played in. */
export interface Person {
  readonly userId: string
  readonly name: string
  readonly gameName: string
}

/** So many of one's newest games are looked through. */
const games = 12

/** Everybody in one's newest games but oneself, each once, by name. Games that can't be read are left out. */
export const peopleOf = async (me: Caller & { readonly userId: string }): Promise<ReadonlyArray<Person>> => {
  const mine = await me.call("lobby.my.games", { limit: games })
  if (Result.isFailure(mine)) return []
  const found = new Map<string, Person>()
  const lists = await Promise.all(
    mine.success.games.map(async (game) => ({
      game,
      answer: await me.call("lobby.memberships.list", { game_id: game.game_id })
    }))
  )
  for (const { game, answer } of lists) {
    if (Result.isFailure(answer)) continue
    for (const { user_id, display_name } of answer.success.memberships) {
      if (user_id === me.userId || found.has(user_id)) continue
      found.set(user_id, { userId: user_id, name: display_name, gameName: game.game_name })
    }
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name))
}
