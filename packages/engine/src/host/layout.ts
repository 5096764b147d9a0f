/**
 * Names and contents of the files in a game's state folder.
 *
 * `galaxy/N.json` is the galaxy after turn N. `turns/N.json` holds that turn's log; the two give its reports.
 * `orders/N/R.json`, `banished/N.json` and `computers/N.json` hold what was decided while turn N was the open one.
 */
import { computerLevels } from "@galaxy/contract/engine/Admin"
import { Order, Revision } from "@galaxy/contract/engine/Order"
import { GameId } from "@galaxy/contract/ids/Ids"
import { Schema } from "effect"
import { TurnEvent } from "../turn/TurnEvent.ts"
import { lockName } from "./FolderLock.ts"
import type { StateKind } from "./upgrades.ts"

/** Every file says which game and turn it belongs to, so that one in the wrong place is noticed. */
const place = { game_id: GameId, turn: Schema.Int }

/** Content of `orders/N/R.json`: the orders of the race with index R, as far as given while turn N was open. */
export const OrdersContent = Schema.Struct({
  ...place,
  race: Schema.Int,
  /** How often the list has been written. */
  revision: Revision,
  orders: Schema.Array(Order)
})
/** Content of `banished/N.json`: indices of the races that leave when turn N + 1 is made, ascending. */
export const BanishedContent = Schema.Struct({ ...place, races: Schema.Array(Schema.Int) })
/** Content of `computers/N.json`: races that the engine plays from turn N on, ascending, and how well. */
export const ComputersContent = Schema.Struct({
  ...place,
  races: Schema.Array(Schema.Struct({ race: Schema.Int, level: Schema.Literals(computerLevels) }))
})
/** Content of `turns/N.json`; written before the galaxy of the same turn. */
export const TurnContent = Schema.Struct({ ...place, log: Schema.Array(TurnEvent) })

/** All folders of a game's state; `inspect.ts` makes those that are missing. */
export const folders = ["galaxy", "turns", "orders", "banished", "computers"] as const

/** Whether a name may be in the state folder: one of ours, or one that systems put into any folder. */
export const belongs = (name: string): boolean =>
  name.startsWith(".") || name === lockName || name === "lost+found" || folders.some((it) => it === name)

const padded = (number: number, digits: number): string => String(number).padStart(digits, "0")

/** Digits of a turn in file names, padded with zeroes so that names sort by turn. */
export const turnDigits = 7
/** Digits of a race's index in file names. */
export const raceDigits = 3

/** Path of a turn's file, relative to the state folder. */
export const fileOf = (folder: "galaxy" | "turns" | "banished" | "computers", turn: number): string =>
  `${folder}/${padded(turn, turnDigits)}.json`
/** Folder with the orders given while a turn was open, one file for each race. */
export const ordersFolderOf = (turn: number): string => `orders/${padded(turn, turnDigits)}`
/** Path of the file with the orders of the race with this index. */
export const ordersFileOf = (turn: number, race: number): string =>
  `${ordersFolderOf(turn)}/${padded(race, raceDigits)}.json`

const kinds = {
  galaxy: "galaxy",
  turns: "turn",
  orders: "orders",
  banished: "banished",
  computers: "computers"
} as const

/** Whether this is the path of a state file, written exactly as this engine does. */
export const isStatePath = (path: string): boolean =>
  new RegExp(`^(galaxy|turns|banished|computers)/\\d{${turnDigits}}\\.json$`).test(path) ||
  new RegExp(`^orders/\\d{${turnDigits}}/\\d{${raceDigits}}\\.json$`).test(path)

/** The kind of the state file at a path that `isStatePath` accepts. */
export const kindAt = (path: string): StateKind => kinds[path.split("/", 1)[0] as keyof typeof kinds]

/** The turn that a file of `isStatePath`, or the folder of a turn's orders, belongs to. */
export const turnIn = (path: string): number => Number(path.split("/")[1]?.slice(0, turnDigits))

/** The number in a name of exactly so many digits and the suffix; undefined for any other name. */
export const numberIn = (name: string, digits: number, suffix: "" | ".json"): number | undefined =>
  name.length === digits + suffix.length && /^\d+$/.test(name.slice(0, digits)) && name.endsWith(suffix)
    ? Number(name.slice(0, digits))
    : undefined
