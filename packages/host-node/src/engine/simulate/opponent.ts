/** The other version of the bot in a comparison: a level of this one, or the bot of another work tree. */
import { stat } from "node:fs/promises"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { type ComputerLevel, computerLevels } from "@galaxy/contract/engine/Admin"
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { type Temperament, temperaments } from "@galaxy/engine/bot/style"
import { type Contender, ofLevel, type Seat } from "@galaxy/engine/simulate/Seat"

/** Where a work tree has its bot. */
const botFolder = "packages/engine/src/bot"

/** A module of another version: nothing of it is known before it is looked at. */
type Module = Readonly<Record<string, unknown>>

type Style = { readonly temperament?: unknown }
type Play = (
  report: Report,
  memory: unknown,
  style: Style
) => { readonly orders: ReadonlyArray<Order>; readonly memory: unknown }

const functionIn = (module: Module, name: string): ((...args: ReadonlyArray<unknown>) => unknown) | undefined => {
  const found = module[name]
  return typeof found === "function" ? (found as (...args: ReadonlyArray<unknown>) => unknown) : undefined
}

/** How a version plays a turn. The first ones remembered nothing and had `botOrders` alone. */
const playOf = (bot: Module): Play | undefined => {
  const play = functionIn(bot, "playTurn")
  if (play !== undefined) return play as Play
  const orders = functionIn(bot, "botOrders")
  if (orders === undefined) return undefined
  return (report, memory, style) => ({ orders: orders(report, style) as ReadonlyArray<Order>, memory })
}

const seated = (play: Play, style: Style, memory: unknown): Seat => ({
  temperament: temperaments.find((it) => it === style.temperament) ?? "builder",
  play: (report) => {
    const turn = play(report, memory, style)
    return { orders: turn.orders, next: seated(play, style, turn.memory) }
  }
})

/**
 * The contender that `--versus` names. Fails with an `Error` that says what is missing when it is neither a level nor a
 * work tree with a bot.
 */
export const opponent = async (versus: string, level: ComputerLevel): Promise<Contender> => {
  const known = computerLevels.find((it) => it === versus)
  if (known !== undefined) return ofLevel(known)
  const folder = resolve(versus, botFolder)
  const isThere = await stat(folder).then(
    (it) => it.isDirectory(),
    () => false
  )
  if (!isThere) throw new Error(`expected ${computerLevels.join(", ")} or a folder with ${botFolder}`)
  const load = async (file: string): Promise<Module> =>
    (await import(pathToFileURL(resolve(folder, file)).href)) as Module
  const bot = await load("botOrders.ts")
  const { styleOf, blank } = { styleOf: functionIn(await load("style.ts"), "styleOf"), blank: await blankIn(load) }
  const play = playOf(bot)
  if (play === undefined || styleOf === undefined) throw new Error(`${folder} has no botOrders and styleOf`)
  const remembers = functionIn(bot, "playTurn") !== undefined
  return {
    name: versus,
    seat: (seed: string, temperament: Temperament | undefined) => {
      const style = remembers ? styleOf(seed, level, temperament) : styleOf(seed, temperament)
      return seated(play, style as Style, blank)
    }
  }
}

/** The memory with which a version begins; undefined in one that remembers nothing. */
const blankIn = (load: (file: string) => Promise<Module>): Promise<unknown> =>
  load("Memory.ts").then(
    (it) => it["blank"],
    () => undefined
  )
