/**
 * Names and contents of the files in a game's state folder.
 *
 * `galaxy/N.json` is the galaxy after turn N. `turns/N.json` holds that turn's log; the two give its
 * reports. `orders/N/R.json` and
 * `banished/N.json` hold what was decided while turn N was the open one.
 */
import { Order } from "@galaxy/contract/engine/Order"
import { GameId } from "@galaxy/contract/ids/Ids"
import { Schema } from "effect"
import { TurnEvent } from "../turn/TurnEvent.ts"
import { lockName } from "./FolderLock.ts"

/** What every file says of itself, so that one in the wrong place is noticed. */
const place = { game_id: GameId, turn: Schema.Int }

export const OrdersContent = Schema.Struct({ ...place, race: Schema.Int, orders: Schema.Array(Order) })
export const BanishedContent = Schema.Struct({ ...place, races: Schema.Array(Schema.Int) })
export const TurnContent = Schema.Struct({ ...place, log: Schema.Array(TurnEvent) })

export const folders = ["galaxy", "turns", "orders", "banished"] as const

/** Whether a name may stand in the state folder: ours, or what systems put into any folder. */
export const belongs = (name: string): boolean =>
  name.startsWith(".") || name === lockName || name === "lost+found" || folders.some((it) => it === name)

const padded = (number: number, digits: number): string => String(number).padStart(digits, "0")

export const turnDigits = 7
export const raceDigits = 3

export const fileOf = (folder: "galaxy" | "turns" | "banished", turn: number): string =>
  `${folder}/${padded(turn, turnDigits)}.json`
export const ordersFolderOf = (turn: number): string => `orders/${padded(turn, turnDigits)}`
export const ordersFileOf = (turn: number, race: number): string =>
  `${ordersFolderOf(turn)}/${padded(race, raceDigits)}.json`

/** The number that a name of so many digits stands for, with or without `.json`. */
export const numberIn = (name: string, digits: number, suffix: "" | ".json"): number | undefined =>
  name.length === digits + suffix.length && /^\d+$/.test(name.slice(0, digits)) && name.endsWith(suffix)
    ? Number(name.slice(0, digits))
    : undefined
