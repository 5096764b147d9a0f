/** A race of a simulated game and the bot that plays it. Bots of other versions take a seat through the same type. */
import type { ComputerLevel } from "@galaxy/contract/engine/Admin"
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { playTurn } from "../bot/botOrders.ts"
import { blank, type Memory } from "../bot/Memory.ts"
import { type Style, styleOf, type Temperament } from "../bot/style.ts"

/** A bot between two turns. */
export interface Seat {
  readonly temperament: Temperament
  /** Orders for the turn after a report, and the bot that gets the next report. */
  readonly play: (report: Report) => { readonly orders: ReadonlyArray<Order>; readonly next: Seat }
}

/** A version of the bot that games are played with. */
export interface Contender {
  /** Stands in the results. */
  readonly name: string
  /** A new bot; equal seeds give equal bots. */
  readonly seat: (seed: string, temperament: Temperament | undefined) => Seat
}

const seated = (style: Style, memory: Memory): Seat => ({
  temperament: style.temperament,
  play: (report) => {
    const turn = playTurn(report, memory, style)
    return { orders: turn.orders, next: seated(style, turn.memory) }
  }
})

/** This version of the bot at a level. */
export const ofLevel = (level: ComputerLevel): Contender => ({
  name: level,
  seat: (seed, temperament) => seated(styleOf(seed, level, temperament), blank)
})
