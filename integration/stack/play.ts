/** Turns of a game: a computer player's orders, given by the player it plays for. */
import type { Answer } from "@galaxy/client/Calls"
import { botOrders } from "@galaxy/engine/bot/botOrders"
import { styleOf } from "@galaxy/engine/bot/style"
import { Effect } from "effect"
import { forceTurn } from "./games.ts"
import { NotInTime } from "./patience.ts"
import { type Listening, type Player, there } from "./players.ts"
import { StackFailed } from "./StackFailed.ts"

/** Turns in which a race has long settled another planet. */
const mostTurns = 12

type Report = Answer<"user.games.report">

const own = (report: Report) =>
  there(
    report.players.find((it) => it.name === report.race),
    "the race in its own report"
  )

/** Gives a computer player's orders for the turn: the first as a command, then all as a list. Some must be accepted. */
export const order = (player: Player, gameId: string, report: Report, turn: number) =>
  Effect.gen(function* () {
    const of = { game_id: gameId, turn }
    const orders = botOrders(report, styleOf(report.race, "fair", "builder"))
    yield* player.client.call("user.games.command", { ...of, commands: orders.slice(0, 1) })
    const { verdicts } = yield* player.client.call("user.games.order", { ...of, orders })
    if (verdicts.some((it) => it.accepted)) return
    return yield* new StackFailed({ message: `all orders of ${player.name} were refused: ${JSON.stringify(verdicts)}` })
  })

/**
 * Plays until the player's race has more planets and people than in the beginning, which makes its finish a capable one.
 * The others give no orders. Each turn is told once, to everybody who listens. Returns the newest turn.
 */
export const playUntilGrown = (player: Player, others: ReadonlyArray<Player>, gameId: string, events: Listening) =>
  Effect.gen(function* () {
    const reportOf = (turn: number, of = player) => of.client.call("user.games.report", { game_id: gameId, turn })
    const begin = yield* own(yield* reportOf(0))
    for (let turn = 0; turn < mostTurns; turn++) {
      yield* order(player, gameId, yield* reportOf(turn), turn)
      yield* forceTurn(gameId, turn)
      yield* events.next("game.turn.ready", (it) => it.payload.game_id === gameId && it.payload.turn === turn + 1)
      for (const other of others) yield* reportOf(turn + 1, other)
      const now = yield* own(yield* reportOf(turn + 1))
      if (now.planets > begin.planets && now.population > begin.population) return turn + 1
    }
    return yield* new NotInTime({ message: `${player.name} hasn't grown in ${mostTurns} turns` })
  })
