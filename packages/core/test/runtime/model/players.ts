/** What players do: they give orders, and read those that stand and those that a turn was made with. */
import { Cause, Effect, Exit } from "effect"
import { row } from "../fixture.ts"
import { type NamedOrder, nameOf } from "./engines.ts"
import type { Game, World } from "./world.ts"

interface Answer {
  readonly turn?: number
  readonly revision?: number
  readonly orders?: ReadonlyArray<NamedOrder>
}

/** The calls of a schedule's players, by any backend; what they are told goes into the history. */
export const make = ({ backend, dice, games, history, note }: World) => {
  let lists = 0

  const order = ({ gameId, players }: Game = dice.pick(games)) => {
    const player = dice.pick(players)
    const list = `L${++lists}`
    const { orders } = backend()
    const ifRevision = dice.percent(10) ? player.revision : undefined
    const start = history.now()
    history.written(gameId, list)
    const given = { orders: [{ op: "rename_planet", planet: player.planet, name: list }], ifRevision }
    const call = dice.percent(15) ? orders.command(gameId, player.id, given) : orders.order(gameId, player.id, given)
    return call.pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          const answer: Answer | undefined = Exit.isSuccess(exit) ? exit.value : undefined
          if (answer?.turn !== undefined) {
            player.revision = answer.revision
            history.told({ gameId, race: player.race, turn: answer.turn, list, start, how: "accepted" })
          }
          history.over(list)
          const why = Exit.isSuccess(exit) ? `accepted for ${answer?.turn}` : Cause.pretty(exit.cause).split("\n")[0]
          note(`${gameId.slice(-4)} ${player.race} ${list}: ${why}`)
        })
      )
    )
  }

  /** `made`: of the turn before, with which the present one was made. */
  const read = (made: boolean) =>
    Effect.gen(function* () {
      const { gameId, players } = dice.pick(games)
      const player = dice.pick(players)
      const { orders } = backend()
      const start = history.now()
      const turn = made ? (yield* row(gameId)).current_turn - 1 : undefined
      if (turn !== undefined && turn < 0) return
      const answer: Answer = yield* orders.orders(gameId, player.id, turn)
      const list = nameOf(answer.orders)
      if (list === undefined || answer.turn === undefined) return
      if (!made) player.revision = answer.revision
      const how = made ? "shown as made" : "shown"
      history.told({ gameId, race: player.race, turn: answer.turn, list, start, how })
      note(`${gameId.slice(-4)} ${player.race} ${list} of ${answer.turn} ${how}`)
    })

  return { order, read }
}
