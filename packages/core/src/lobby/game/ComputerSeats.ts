/**
 * The seats of a game that the engine plays, each with a name of its own.
 *
 * The names are made when a start is queued, so that none looks like a name that a member has taken. They are reserved
 * nowhere: a later game may use them again, and so may players.
 */
import { EnginePlayerId, type GameId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { keyOf } from "../../race-name/RaceName.ts"
import { newId } from "../../shared/NewId.ts"
import { StorageError } from "../../shared/StorageError.ts"

/** A seat that the engine plays. */
export interface ComputerSeat {
  readonly seat: number
  readonly raceName: string
  readonly enginePlayerId: EnginePlayerId
}

const names =
  `Altair Antares Arcturus Bellatrix Canopus Capella Castor Deneb Electra Fomalhaut Hadar Izar Kochab Maia Merak
  Mimosa Mirach Mizar Naos Polaris Pollux Procyon Rastaban Regulus Rigel Sadr Schedar Shaula Sirius Spica Tarazed Thuban
  Tureis Unuk Vindemia Wezen Zaurak Zosma`.split(/\s+/)

/**
 * Names for `count` computer players of a game: different from the taken ones and from each other, also to the eye. The
 * same game gets the same names for the same players.
 */
export const namesFor = (gameId: GameId, count: number, taken: Iterable<string>): ReadonlyArray<string> => {
  const keys = new Set<string>(Array.from(taken, keyOf))
  const found: Array<string> = []
  const first = Number.parseInt(gameId.slice(-6), 16) % names.length
  for (let index = 0; found.length < count; index++) {
    const round = Math.floor(index / names.length)
    const name = names[(first + index) % names.length] ?? ""
    const wanted = round === 0 ? name : `${name}_${round + 1}`
    const key = keyOf(wanted)
    if (keys.has(key)) continue
    keys.add(key)
    found.push(wanted)
  }
  return found
}

/** The rows of `computer_seats`. Fails with `StorageError` only. */
export class ComputerSeats extends Context.Service<
  ComputerSeats,
  {
    /** The game's computer players, in the order of their seats; empty before a start was asked for. */
    list(gameId: GameId): Effect.Effect<ReadonlyArray<ComputerSeat>, StorageError>
    /** Seats `count` computer players in place of those of an earlier start, in the caller's transaction. */
    seat(
      gameId: GameId,
      count: number,
      taken: Iterable<string>
    ): Effect.Effect<ReadonlyArray<ComputerSeat>, StorageError>
  }
>()("@galaxy/core/lobby/game/ComputerSeats") {}

interface Row {
  readonly seat: number
  readonly race_name: string
  readonly engine_player_uuid: string
}

const seatOf = (row: Row): ComputerSeat => ({
  seat: row.seat,
  raceName: row.race_name,
  enginePlayerId: EnginePlayerId.make(row.engine_player_uuid)
})

/** `ComputerSeats` over PostgreSQL. */
export const layer: Layer.Layer<ComputerSeats, never, SqlClient.SqlClient> = Layer.effect(
  ComputerSeats,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const list = Effect.fnUntraced(function* (gameId: GameId) {
      const rows = yield* sql<Row>`
        SELECT seat, race_name, engine_player_uuid FROM backend.computer_seats WHERE game_id = ${gameId} ORDER BY seat`
      return rows.map(seatOf)
    }, StorageError.refail)

    const seat = Effect.fnUntraced(function* (gameId: GameId, count: number, taken: Iterable<string>) {
      const now = yield* DateTime.nowAsDate
      yield* sql`DELETE FROM backend.computer_seats WHERE game_id = ${gameId}`
      const seats = yield* Effect.forEach(namesFor(gameId, count, taken), (race_name, index) =>
        Effect.map(newId, (engine_player_uuid): Row => ({ seat: index + 1, race_name, engine_player_uuid }))
      )
      if (seats.length === 0) return []
      yield* sql`
        INSERT INTO backend.computer_seats (game_id, seat, race_name, engine_player_uuid, created_at)
        SELECT ${gameId}::uuid, r.seat, r.race_name, r.engine_player_uuid, ${now}::timestamptz
        FROM jsonb_to_recordset(${JSON.stringify(seats)}::text::jsonb)
          AS r(seat int, race_name text, engine_player_uuid uuid)`
      return seats.map(seatOf)
    }, StorageError.refail)

    return ComputerSeats.of({ list, seat })
  })
)
