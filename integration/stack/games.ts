/** Games of scenarios: how they are made, how their turns are forced, and the operators' view of them. */
import type * as AdminGames from "@galaxy/contract/api/admin/Games"
import type * as AdminRuntimes from "@galaxy/contract/api/admin/Runtimes"
import type * as UserLobby from "@galaxy/contract/api/UserLobby"
import { Effect, Option } from "effect"
import { NotInTime, until } from "./patience.ts"
import type { Player } from "./players.ts"
import { Stack } from "./Stack.ts"

/** A game as the admin API shows it. */
export type Game = typeof UserLobby.Game.Encoded
export type Runtime = typeof AdminRuntimes.Runtime.Encoded
export type GameWhy = typeof AdminGames.GameWhy.Encoded

/** Settings of a game whose turns come when they are forced: its schedule is once a year. */
export const settings = (name: string, players: number) => ({
  game_name: name,
  min_players: players,
  max_players: players,
  turn_schedule: "0 0 1 1 *",
  time_zone: "UTC"
})

/** A private game of the owner that takes players. */
export const openGame = (owner: Player, name: string, players = 2) =>
  Effect.gen(function* () {
    const { game_id } = yield* owner.client.call("lobby.games.create", settings(name, players))
    yield* owner.client.call("lobby.games.open_enrollment", { game_id })
    return game_id
  })

/** A public game that takes players. */
export const openPublicGame = (name: string, players = 2) =>
  Effect.gen(function* () {
    const { admin } = yield* Stack
    const { game_id } = yield* admin.post<Game>("/games", settings(name, players))
    yield* admin.post(`/games/${game_id}/open-enrollment`)
    return game_id
  })

/** Seats a player in somebody's private game by an invite of their own. */
export const seat = (owner: Player, gameId: string, player: Player, raceName: string) =>
  Effect.gen(function* () {
    const game = { game_id: gameId }
    const { invite_id } = yield* owner.client.call("lobby.invites.issue", { ...game, invited_user_id: player.userId })
    return yield* player.client.call("lobby.invites.redeem", { ...game, invite_id, race_name: raceName })
  })

const gameOf = (gameId: string) => Effect.flatMap(Stack, ({ admin }) => admin.get<Game>(`/games/${gameId}`))

/** The game once it has this status. A start that fails is a failure at once. */
export const gameIn = (gameId: string, status: Game["status"]) =>
  until(
    `game ${gameId} to be ${status}`,
    Effect.flatMap(gameOf(gameId), (game) =>
      game.status === "start_failed"
        ? Effect.fail(new NotInTime({ message: `the start failed: ${game.failure_reason ?? "no reason"}` }))
        : Effect.succeed(Option.liftPredicate(game, (it) => it.status === status))
    )
  )

/** Forces the turn after this one, and waits until it is made. */
export const forceTurn = (gameId: string, current: number) =>
  Effect.gen(function* () {
    const { admin } = yield* Stack
    yield* admin.post(`/runtimes/${gameId}/force-next-turn`, { expected_turn: current, reason: "the scenario goes on" })
    return yield* until(
      `turn ${current + 1} of game ${gameId}`,
      Effect.map(
        gameOf(gameId),
        Option.liftPredicate((it) => it.current_turn > current)
      )
    )
  })

/** The operators' view of a game's engine. */
export const runtimeOf = (gameId: string) =>
  Effect.flatMap(Stack, ({ admin }) => admin.get<Runtime>(`/runtimes/${gameId}`))

/** Why the game stands where it stands. */
export const whyOf = (gameId: string) =>
  Effect.flatMap(Stack, ({ admin }) => admin.get<GameWhy>(`/games/${gameId}/why`))
