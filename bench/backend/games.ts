/** Games that run, made by players' own calls. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { Effect, Option } from "effect"
import { type As, user } from "../../packages/core/test/http/platform.ts"
import type { Started } from "./platform.ts"

/** The body of a success; anything else ends the run. */
export const expectOk = async (
  answer: Promise<{ readonly status: number; readonly body: unknown }>
): Promise<Readonly<Record<string, string>>> => {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`status ${status}: ${JSON.stringify(body)}`)
  return body as Readonly<Record<string, string>>
}

/** Letters that nobody takes for each other, so that no two names count as one. */
const letters = "BDFGKMPRTZ"

/** One of a hundred names. */
const raceName = (index: number) => `${letters[index % 10]}a${letters[Math.floor(index / 10) % 10]?.toLowerCase()}u`

/** Makes a running game of `players`, of whom the first is its owner. */
export const runningGame = async ({ call, context }: Started, players: number) => {
  const run = <A, E>(effect: Effect.Effect<A, E, RuntimeStore | Runtimes>) =>
    Effect.runPromise(Effect.provide(effect, context))
  const users = await Promise.all(
    Array.from({ length: players }, () => Effect.runPromise(Effect.provide(user, context)))
  )
  const [owner] = users
  if (owner === undefined) throw new Error("a game needs players")
  const post = (as: As, path: string, body: unknown = {}) =>
    expectOk(call(as, "POST", `/api/v1/user/lobby/games${path}`, body))
  const settings = { game_name: "Bench", min_players: players, max_players: players, turn_schedule: "0 18 * * *" }
  const gameId = ((await post(owner, "", settings))["game_id"] ?? "") as GameId
  await post(owner, `/${gameId}/open-enrollment`)
  for (const [index, it] of users.entries()) {
    const { invite_id: invite = "", code } = await post(
      owner,
      `/${gameId}/invites`,
      it === owner ? {} : { invited_user_id: it.user }
    )
    await post(it, `/${gameId}/invites/${invite}/redeem`, {
      race_name: raceName(index),
      ...(code === undefined ? {} : { code })
    })
  }
  await post(owner, `/${gameId}/ready-to-start`)
  await post(owner, `/${gameId}/start`)
  await run(Effect.flatMap(Runtimes, (it) => it.reconcile(gameId)))
  const row = await run(Effect.flatMap(RuntimeStore, (it) => it.find(gameId)))
  if (Option.isNone(row) || row.value.status !== "running") throw new Error("the game doesn't run")
  return { gameId, owner: owner.user, users: users.map((it): UserId => it.user) }
}
