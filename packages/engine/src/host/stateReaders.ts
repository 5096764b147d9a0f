/**
 * Readers of a game's state files. Each content is checked against its digest, its schema, and the place where it was
 * found.
 */
import type { ComputerLevel } from "@galaxy/contract/engine/Admin"
import type { Order } from "@galaxy/contract/engine/Order"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Option } from "effect"
import { problemOf } from "../state/consistency.ts"
import { Galaxy } from "../state/Galaxy.ts"
import { lastTurn } from "./inspect.ts"
import { BanishedContent, ComputersContent, fileOf, OrdersContent, ordersFileOf, TurnContent } from "./layout.ts"
import { StateBroken } from "./StateError.ts"
import type { StateFiles } from "./StateFiles.ts"

/** A race's list of orders for a turn. */
export interface StoredOrders {
  /** How often the list was written; 0 where it never was. */
  readonly writes: number
  readonly orders: ReadonlyArray<Order>
}

/** Where nobody has written. */
export const unwritten: StoredOrders = { writes: 0, orders: [] }

/** What was decided for a turn, as it is stored. */
export interface Decided {
  readonly orders: ReadonlyMap<number, StoredOrders>
  readonly banished: ReadonlySet<number>
  readonly computers: ReadonlyMap<number, ComputerLevel>
}

/** The open turn: the galaxy that it starts from, and what was decided for it so far. */
export interface Latest {
  readonly galaxy: Galaxy
  readonly decided: Decided
}

/** Content that must exist and belong to this game and turn. */
const expected = Effect.fnUntraced(function* <A extends { readonly game_id: GameId; readonly turn: number }>(
  file: string,
  gameId: GameId,
  turn: number,
  found: Option.Option<A>
) {
  if (Option.isNone(found)) return yield* new StateBroken({ file, problem: "is missing" })
  const { value } = found
  if (value.game_id !== gameId) return yield* new StateBroken({ file, problem: `belongs to game ${value.game_id}` })
  if (value.turn !== turn) return yield* new StateBroken({ file, problem: `belongs to turn ${value.turn}` })
  return value
})

/** The readers of one folder. They fail with `StateBroken` for what isn't the engine's, and with `PlatformError`. */
export const readers = (files: StateFiles) => {
  /** Fails when the galaxy refers to something that doesn't exist. */
  const consistent = (file: string, galaxy: Galaxy) => {
    const problem = problemOf(galaxy)
    return problem === undefined ? Effect.succeed(galaxy) : Effect.fail(new StateBroken({ file, problem }))
  }

  const galaxyAfter = Effect.fnUntraced(function* (gameId: GameId, turn: number) {
    const file = fileOf("galaxy", turn)
    const found = yield* files.read("galaxy", file, Galaxy)
    return yield* consistent(file, yield* expected(file, gameId, turn, found))
  })

  const turnFile = Effect.fnUntraced(function* (gameId: GameId, turn: number) {
    const file = fileOf("turns", turn)
    return yield* expected(file, gameId, turn, yield* files.read("turn", file, TurnContent))
  })

  const orders = Effect.fnUntraced(function* (open: Galaxy, race: number) {
    const file = ordersFileOf(open.turn, race)
    const found = yield* files.read("orders", file, OrdersContent)
    if (Option.isNone(found)) return unwritten
    const content = yield* expected(file, open.game_id, open.turn, found)
    if (content.race !== race) return yield* new StateBroken({ file, problem: `belongs to race ${content.race}` })
    return { writes: content.revision, orders: content.orders }
  })

  const banished = Effect.fnUntraced(function* (open: Galaxy) {
    const file = fileOf("banished", open.turn)
    const found = yield* files.read("banished", file, BanishedContent)
    if (Option.isNone(found)) return new Set<number>()
    return new Set((yield* expected(file, open.game_id, open.turn, found)).races)
  })

  const computers = Effect.fnUntraced(function* (open: Galaxy) {
    const file = fileOf("computers", open.turn)
    const found = yield* files.read("computers", file, ComputersContent)
    if (Option.isNone(found)) return new Map<number, ComputerLevel>()
    const { races } = yield* expected(file, open.game_id, open.turn, found)
    const stranger = races.find(({ race }) => open.races[race] === undefined)
    if (stranger !== undefined) {
      return yield* new StateBroken({ file, problem: `names race ${stranger.race}, which does not exist` })
    }
    return new Map(races.map(({ race, level }) => [race, level]))
  })

  const decided = Effect.fnUntraced(function* (open: Galaxy) {
    const lists = new Map<number, StoredOrders>()
    for (const race of open.races.keys()) lists.set(race, yield* orders(open, race))
    return { orders: lists, banished: yield* banished(open), computers: yield* computers(open) }
  })

  /** The galaxy after the last complete turn. Reads all that the next one needs, so that broken files are found now. */
  const latest = Effect.fnUntraced(function* () {
    const last = yield* lastTurn(files)
    if (last === undefined) return Option.none<Latest>()
    const { turn, races } = last
    const file = fileOf("galaxy", turn)
    const found = yield* files.read("galaxy", file, Galaxy)
    if (Option.isNone(found)) return yield* new StateBroken({ file, problem: "is missing" })
    const galaxy = yield* consistent(file, yield* expected(file, found.value.game_id, turn, found))
    yield* turnFile(galaxy.game_id, turn)
    const stranger = races.find((race) => race >= galaxy.races.length)
    if (stranger !== undefined) {
      return yield* new StateBroken({
        file: ordersFileOf(turn, stranger),
        problem: "belongs to a race that does not exist"
      })
    }
    return Option.some({ galaxy, decided: yield* decided(galaxy) })
  })

  return { galaxyAfter, turnFile, orders, banished, computers, decided, latest }
}
