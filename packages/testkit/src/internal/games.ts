/** Games of a test: formed, started, and moved from turn to turn. */
import { GameId } from "@galaxy/contract/ids/Ids"
import { botOrders } from "@galaxy/engine/bot/botOrders"
import { styleOf } from "@galaxy/engine/bot/style"
import type { TestPlayer } from "../TestPlayer.ts"
import { NotPossible } from "../TestkitError.ts"
import type { AdminCall, Game, GameWhy } from "./adminCalls.ts"
import { until } from "./patience.ts"

/** A game, by itself or by its id. */
export type GameRef = string | { readonly game_id: string }

/** How a game is made. What is left out has the platform's default, or the one named here. */
export interface GameOptions {
  /** Five cron fields; every hour when absent. */
  readonly turnSchedule?: string
  /** IANA time zone of the schedule; UTC when absent. */
  readonly timeZone?: string
  /** "Test" when absent. */
  readonly name?: string
  /** Seats that the engine plays. */
  readonly computerPlayers?: number
  /** Plays so many turns at once, with orders of computer players for everybody. */
  readonly turns?: number
}

/** The game's id. */
export const gameIdOf = (game: GameRef): GameId => GameId.make(typeof game === "string" ? game : game.game_id)

const settingsOf = (players: number, options: GameOptions) => ({
  game_name: options.name ?? "Test",
  min_players: Math.max(1, players) + (options.computerPlayers ?? 0),
  max_players: Math.max(1, players) + (options.computerPlayers ?? 0),
  turn_schedule: options.turnSchedule ?? "0 * * * *",
  time_zone: options.timeZone ?? "UTC",
  ...(options.computerPlayers === undefined ? {} : { computer_players: options.computerPlayers })
})

/** What games need of their platform. */
export interface GamesOf {
  readonly admin: AdminCall
  /** Moves the platform's clock ahead by milliseconds. */
  readonly advance: (millis: number) => Promise<void>
  /** The platform's time in Unix milliseconds. */
  readonly now: () => number
}

const get = ({ admin }: GamesOf, gameId: string) => admin<Game>("GET", `/games/${gameId}`)
const why = async ({ admin }: GamesOf, gameId: string) => (await admin<GameWhy>("GET", `/games/${gameId}/why`)).summary

/** The game once it runs. */
const running = async (of: GamesOf, gameId: string): Promise<Game> =>
  until(
    async () => {
      const game = await get(of, gameId)
      if (game.status === "running") return game
      if (game.status !== "starting") {
        throw new NotPossible({ message: `the game didn't start, it is ${game.status}: ${game.failure_reason ?? ""}` })
      }
      return undefined
    },
    () => "the game didn't start in time"
  )

/** A private game of the first player; everybody is seated as `Race_<name>`, and it runs. */
export const privateGame = async (
  of: GamesOf,
  players: ReadonlyArray<TestPlayer>,
  options: GameOptions
): Promise<Game> => {
  const [owner] = players
  if (owner === undefined) throw new NotPossible({ message: "a game needs a player: galaxy.game([ada, lin])" })
  const { game_id } = await owner.call("lobby.games.create", settingsOf(players.length, options))
  await owner.call("lobby.games.open_enrollment", { game_id })
  for (const it of players) {
    const { invite_id } = await owner.call("lobby.invites.issue", { game_id, invited_user_id: it.userId })
    await it.call("lobby.invites.redeem", { game_id, invite_id, race_name: `Race_${it.name}` })
  }
  await owner.call("lobby.games.ready_to_start", { game_id })
  await owner.call("lobby.games.start", { game_id })
  return play(of, await running(of, game_id), players, options.turns ?? 0)
}

/** A public game of the administrators: in enrolment without players, else with them seated and running. */
export const publicGame = async (
  of: GamesOf,
  players: ReadonlyArray<TestPlayer>,
  options: GameOptions
): Promise<Game> => {
  const step = <A = Game>(path: string, body?: object) => of.admin<A>("POST", `/games${path}`, body)
  const places = players.length === 0 ? { min_players: 1, max_players: 10 } : {}
  const { game_id } = await step("", { ...settingsOf(players.length, options), ...places })
  const open = await step(`/${game_id}/open-enrollment`)
  if (players.length === 0) return open
  for (const it of players) {
    const applied = await it.call("lobby.applications.submit", { game_id, race_name: `Race_${it.name}` })
    await step(`/${game_id}/applications/${applied.application_id}/approve`, { reason: "a player of this test" })
  }
  await step(`/${game_id}/ready-to-start`)
  await step(`/${game_id}/start`)
  return play(of, await running(of, game_id), players, options.turns ?? 0)
}

/** Lets time pass until the game has this turn; the turns before it are made one by one. */
export const advanceToTurn = async (of: GamesOf, game: GameRef, turn: number): Promise<Game> => {
  const gameId = gameIdOf(game)
  for (;;) {
    const now = await get(of, gameId)
    if (now.current_turn === turn) return now
    if (now.current_turn > turn) {
      throw new NotPossible({
        message: `the game is at turn ${now.current_turn} already, and can't go back to ${turn}`
      })
    }
    if (now.status !== "running" || now.next_turn_at === undefined) {
      throw new NotPossible({ message: `no turn can be made: ${await why(of, gameId)}` })
    }
    await of.advance(Math.max(0, Date.parse(now.next_turn_at) - of.now()) + 1)
    await until(
      async () => ((await get(of, gameId)).current_turn > now.current_turn ? true : undefined),
      async () => `turn ${now.current_turn + 1} wasn't made in time: ${await why(of, gameId)}`
    )
  }
}

/** Plays turns: computer players give the orders of everybody, each by their own report. */
const play = async (of: GamesOf, game: Game, players: ReadonlyArray<TestPlayer>, turns: number): Promise<Game> => {
  let latest = game
  for (let turn = 1; turn <= turns; turn++) {
    const now = { game_id: game.game_id, turn: turn - 1 }
    for (const it of players) {
      const report = await it.call("user.games.report", now)
      await it.call("user.games.order", { ...now, orders: botOrders(report, styleOf(report.race)) })
    }
    latest = await advanceToTurn(of, game, turn)
  }
  return latest
}
