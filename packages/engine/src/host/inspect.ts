/**
 * Looks over a state folder before anything is done with it: finds the last complete turn, and refuses a folder with a
 * gap or with anything that this engine doesn't put there.
 */
import { Effect } from "effect"
import { belongs, fileOf, folders, numberIn, ordersFolderOf, raceDigits, turnDigits } from "./layout.ts"
import { StateBroken } from "./StateError.ts"
import type { StateFiles } from "./StateFiles.ts"

const foreign = (file: string) => new StateBroken({ file, problem: "is not part of a game's state" })

/** Numbers of a folder's entries, all of which must have one. */
const numbersIn = Effect.fnUntraced(function* (
  files: StateFiles,
  folder: string,
  digits: number,
  suffix: "" | ".json"
) {
  const numbers: Array<number> = []
  for (const name of yield* files.list(folder)) {
    const number = numberIn(name, digits, suffix)
    if (number === undefined) return yield* foreign(`${folder}/${name}`)
    numbers.push(number)
  }
  return numbers
})

/** Races, by index, that have orders for a turn. */
export const racesWithOrders = Effect.fnUntraced(function* (files: StateFiles, turn: number) {
  const folder = ordersFolderOf(turn)
  const there = (yield* files.list("orders")).some((name) => `orders/${name}` === folder)
  return there ? yield* numbersIn(files, folder, raceDigits, ".json") : []
})

/** The number of the last complete turn; undefined when there is none. Makes the folders that are missing. */
export const lastTurn = Effect.fnUntraced(function* (files: StateFiles) {
  for (const name of yield* files.names) if (!belongs(name)) return yield* foreign(name)
  for (const folder of folders) yield* files.ensureFolder(folder)

  const made = yield* numbersIn(files, "galaxy", turnDigits, ".json")
  const gap = made.findIndex((turn, index) => turn !== index)
  if (gap >= 0) return yield* new StateBroken({ file: fileOf("galaxy", gap), problem: "is missing" })
  const last = made.length - 1

  const told = yield* numbersIn(files, "turns", turnDigits, ".json")
  const untold = made.find((turn) => !told.includes(turn))
  if (untold !== undefined) return yield* new StateBroken({ file: fileOf("turns", untold), problem: "is missing" })
  // One more is what a process leaves that died between the two files of a turn; the turn will be made again.
  const early = told.find((turn) => turn > last + 1)
  if (early !== undefined) {
    return yield* new StateBroken({ file: fileOf("turns", early), problem: "is of a turn that was not made" })
  }

  const decided = [
    ...(yield* numbersIn(files, "orders", turnDigits, "")),
    ...(yield* numbersIn(files, "banished", turnDigits, ".json"))
  ]
  const ahead = decided.find((turn) => turn > last)
  if (ahead !== undefined) {
    return yield* new StateBroken({ file: fileOf("galaxy", ahead), problem: "is missing, but there are decisions" })
  }
  for (const name of yield* files.list("orders")) yield* numbersIn(files, `orders/${name}`, raceDigits, ".json")
  return last < 0 ? undefined : last
})
