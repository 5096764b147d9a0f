/**
 * Inspects a state folder before it is used: finds the last complete turn, and refuses a folder with a gap or with
 * anything that this engine doesn't put there.
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

/**
 * The last complete turn, with the indices of the races that have orders for it; undefined when there is none. Makes
 * the folders that are missing. Fails with `StateBroken` for a gap or a foreign file.
 */
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
  // One more is left by a process that died between the two files of a turn; that turn will be made again.
  const early = told.find((turn) => turn > last + 1)
  if (early !== undefined) {
    return yield* new StateBroken({ file: fileOf("turns", early), problem: "belongs to a turn that was not made" })
  }

  const ordered = yield* numbersIn(files, "orders", turnDigits, "")
  const banished = yield* numbersIn(files, "banished", turnDigits, ".json")
  const computers = yield* numbersIn(files, "computers", turnDigits, ".json")
  const ahead = [...ordered, ...banished, ...computers].find((turn) => turn > last)
  if (ahead !== undefined) {
    return yield* new StateBroken({
      file: fileOf("galaxy", ahead),
      problem: "is missing, although there are decisions for that turn"
    })
  }
  let races: ReadonlyArray<number> = []
  for (const turn of ordered) {
    const found = yield* numbersIn(files, ordersFolderOf(turn), raceDigits, ".json")
    if (turn === last) races = found
  }
  return last < 0 ? undefined : { turn: last, races }
})
