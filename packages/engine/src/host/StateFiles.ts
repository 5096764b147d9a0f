/**
 * Files of the state folder, each written whole or not at all.
 *
 * A write goes to a hidden file, to the disk, and then takes the name in one step; what a reader finds under a name is
 * always complete. Hidden files are leftovers of a process that died. Files are their owner's alone: whoever reads a
 * galaxy knows all of its secrets, and its seed.
 */
import { Effect, FileSystem, Option, Path, Result, Schema } from "effect"
import type { PlatformError } from "effect/PlatformError"
import type { Json } from "../state/canonical.ts"
import { seal, unseal } from "./sealed.ts"
import type { StateKind } from "./upgrades.ts"
import { StateBroken } from "./StateError.ts"

const utf8 = new TextEncoder()

const isMissing = (error: PlatformError): boolean => error.reason._tag === "NotFound"
const isThere = (error: PlatformError): boolean => error.reason._tag === "AlreadyExists"

/** Bytes of a file; far above what the largest game takes. */
const maxFileBytes = 256 * 1024 * 1024

/** Names of unfinished writes, and no others: systems and people put hidden files of their own anywhere. */
const isLeftover = (name: string): boolean => /^\.\d+\.json\.tmp$/.test(name)

/** The files below `root`, which is made when missing. */
export const open = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const at = (name: string): string => path.join(root, name)

  const folder = path.resolve(root)
  const missing: Array<string> = []
  for (let above = folder; !(yield* fs.exists(above)); above = path.dirname(above)) missing.push(above)
  // One by one: made all at once, folders where none can be are tried for ever by some systems.
  for (const above of missing.toReversed()) yield* Effect.catchIf(fs.makeDirectory(above), isThere, () => Effect.void)
  if ((yield* fs.stat(folder)).type !== "Directory") {
    return yield* new StateBroken({ file: root, problem: "is not a folder" })
  }
  // Where a folder can't be opened, its system keeps names by itself.
  const opensFolders = yield* Effect.isSuccess(Effect.scoped(fs.open(folder, { flag: "r" })))

  /** Makes the names in a folder last. */
  const syncFolder = (name: string) =>
    opensFolders ? Effect.scoped(Effect.flatMap(fs.open(name, { flag: "r" }), (file) => file.sync)) : Effect.void

  // Its own name too, also when whoever made it died before that.
  for (const made of missing.length === 0 ? [folder] : missing) yield* syncFolder(path.dirname(made))

  /** Folders whose names last; that one is there says nothing about it. */
  const lasting = new Set<string>()

  const ensureFolder = Effect.fnUntraced(function* (name: string) {
    if (lasting.has(name)) return
    yield* fs
      .makeDirectory(at(name), { recursive: true })
      .pipe(Effect.catchIf(isThere, () => new StateBroken({ file: name, problem: "is not a folder" })))
    yield* syncFolder(path.dirname(at(name)))
    lasting.add(name)
  })

  const write = Effect.fnUntraced(function* (kind: StateKind, name: string, content: Json) {
    const target = at(name)
    const folder = path.dirname(target)
    const hidden = path.join(folder, `.${path.basename(target)}.tmp`)
    yield* Effect.scoped(
      Effect.gen(function* () {
        const file = yield* fs.open(hidden, { flag: "w", mode: 0o600 })
        yield* file.writeAll(utf8.encode(seal(kind, content)))
        yield* file.sync
      })
    )
    yield* fs.rename(hidden, target)
    yield* syncFolder(folder)
  })

  /** The content of a file, if there is one. */
  const read = Effect.fnUntraced(function* <A, I>(kind: StateKind, name: string, schema: Schema.Codec<A, I>) {
    const text = yield* Effect.gen(function* () {
      const { type, size } = yield* fs.stat(at(name))
      if (type !== "File") return yield* new StateBroken({ file: name, problem: "is not a file" })
      if (size > maxFileBytes) return yield* new StateBroken({ file: name, problem: "is too large" })
      return Option.some(yield* fs.readFileString(at(name)))
    }).pipe(
      Effect.catchIf(
        (error) => error._tag === "PlatformError" && isMissing(error),
        () => Effect.succeed(Option.none<string>())
      )
    )
    if (Option.isNone(text)) return Option.none<A>()
    const content = Result.flatMap(unseal(kind, text.value), (it) =>
      Result.mapError(Schema.decodeUnknownResult(schema)(it), (error) => `has unexpected content: ${error.message}`)
    )
    if (Result.isFailure(content)) return yield* new StateBroken({ file: name, problem: content.failure })
    return Option.some(content.success)
  })

  /** Names in the folder itself, hidden ones too. */
  const names = Effect.suspend(() => fs.readDirectory(root))

  /** Names in a folder, in order. Hidden ones are left out, and what is left of unfinished writes is removed. */
  const list = Effect.fnUntraced(function* (name: string) {
    if ((yield* fs.stat(at(name))).type !== "Directory") {
      return yield* new StateBroken({ file: name, problem: "is not a folder" })
    }
    const found = yield* fs.readDirectory(at(name))
    for (const hidden of found.filter(isLeftover)) yield* fs.remove(path.join(at(name), hidden))
    return found.filter((it) => !it.startsWith(".")).toSorted()
  })

  return { ensureFolder, write, read, names, list }
})

export type StateFiles = Effect.Success<ReturnType<typeof open>>
