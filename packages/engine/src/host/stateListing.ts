/**
 * The files of a game's state with their sizes and digests, for whoever keeps a copy.
 *
 * Files of turns that are closed never change, so each is read once while the engine runs.
 */
import type { StateFile } from "@galaxy/contract/engine/State"
import { Effect } from "effect"
import { fileOf, ordersFolderOf, turnIn } from "./layout.ts"
import { Sha256 } from "./Sha256.ts"
import { StateBroken } from "./StateError.ts"
import type { StateFiles } from "./StateFiles.ts"

const utf8 = new TextEncoder()

/** Makes the listing of a folder's files of turns from `from` on; `turn` is the last complete one. */
export const make = Effect.fnUntraced(function* (files: StateFiles) {
  const sha256 = yield* Sha256
  const closed = new Map<string, StateFile>()

  const described = Effect.fnUntraced(function* (path: string, lasting: boolean) {
    const before = closed.get(path)
    if (before !== undefined) return before
    const text = yield* files.text(path)
    if (text._tag === "None") return yield* new StateBroken({ file: path, problem: "is missing" })
    const file = { path, size: utf8.encode(text.value).byteLength, sha256: sha256(text.value), turn: turnIn(path) }
    if (lasting) closed.set(path, file)
    return file
  })

  return Effect.fnUntraced(function* (turn: number, from: number) {
    const found: Array<StateFile> = []
    for (let made = from; made <= turn; made++) {
      found.push(yield* described(fileOf("turns", made), true), yield* described(fileOf("galaxy", made), true))
    }
    for (const folder of ["banished", "computers"] as const) {
      for (const name of yield* files.list(folder)) {
        const path = `${folder}/${name}`
        if (turnIn(path) < from) continue
        found.push(yield* described(path, path !== fileOf(folder, turn)))
      }
    }
    for (const name of yield* files.list("orders")) {
      const folder = `orders/${name}`
      if (turnIn(folder) < from) continue
      for (const race of yield* files.list(folder)) {
        found.push(yield* described(`${folder}/${race}`, folder !== ordersFolderOf(turn)))
      }
    }
    return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  })
})
