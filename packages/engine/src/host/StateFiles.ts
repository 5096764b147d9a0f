/**
 * Files of the state folder, each written whole or not at all.
 *
 * A write goes to a hidden file, is synced, and is renamed in one step, so a reader finds only complete files. Hidden
 * files that stay were left by a process that died. Only their owner may read the files: a galaxy holds everybody's
 * secrets and the seed.
 */
import { Effect, FileSystem, Option, Path, Result, Schema } from "effect"
import type { PlatformError } from "effect/PlatformError"
import type { StateJson } from "../state/canonical.ts"
import { seal, unseal } from "./sealed.ts"
import { Sha256 } from "./Sha256.ts"
import type { StateKind } from "./upgrades.ts"
import { StateBroken } from "./StateError.ts"

const utf8 = new TextEncoder()

const isMissing = (error: PlatformError): boolean => error.reason._tag === "NotFound"
const isThere = (error: PlatformError): boolean => error.reason._tag === "AlreadyExists"

/** Most bytes of a file, far above what the largest game needs. */
const maxFileBytes = 256 * 1024 * 1024

/** Whether a name is that of an unfinished write. Other hidden files, from systems or people, are left alone. */
const isLeftover = (name: string): boolean => /^\.\d+\.json\.tmp$/.test(name)

/** Makes a file last, or the names in a folder where folders can be opened. */
export const syncedFolder = (name: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.scoped(
      Effect.matchEffect(fs.open(name, { flag: "r" }), {
        onFailure: () => Effect.void,
        onSuccess: (folder) => folder.sync
      })
    )
  )

/** Opens the files below `root`, which is made when missing. Fails with `StateBroken` when it is not a folder. */
export const open = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const sha256 = yield* Sha256
  const at = (name: string): string => path.join(root, name)

  const folder = path.resolve(root)
  const missing: Array<string> = []
  for (let above = folder; !(yield* fs.exists(above)); above = path.dirname(above)) missing.push(above)
  // One by one: where no folder can be made, some systems retry for ever when asked for all of them at once.
  for (const above of missing.toReversed()) yield* Effect.catchIf(fs.makeDirectory(above), isThere, () => Effect.void)
  if ((yield* fs.stat(folder)).type !== "Directory") {
    return yield* new StateBroken({ file: root, problem: "is not a folder" })
  }
  // Where folders can't be opened, the system makes names durable by itself.
  const opensFolders = yield* Effect.isSuccess(Effect.scoped(fs.open(folder, { flag: "r" })))

  /** Syncs a folder, which makes the names in it durable. */
  const syncFolder = (name: string) =>
    opensFolders ? Effect.scoped(Effect.flatMap(fs.open(name, { flag: "r" }), (file) => file.sync)) : Effect.void

  // Its own name is synced too: whoever made it may have died before doing so.
  for (const made of missing.length === 0 ? [folder] : missing) yield* syncFolder(path.dirname(made))

  /** Folders whose names are known to be durable; that a folder exists doesn't prove it. */
  const lasting = new Set<string>()

  const ensureFolder = Effect.fnUntraced(function* (name: string) {
    if (lasting.has(name)) return
    yield* fs
      .makeDirectory(at(name), { recursive: true })
      .pipe(Effect.catchIf(isThere, () => new StateBroken({ file: name, problem: "is not a folder" })))
    yield* syncFolder(path.dirname(at(name)))
    lasting.add(name)
  })

  const place = (name: string) => {
    const target = at(name)
    const folder = path.dirname(target)
    return { target, folder, hidden: path.join(folder, `.${path.basename(target)}.tmp`) }
  }

  const written = (name: string, sealed: string, lasting: boolean) =>
    Effect.scoped(
      Effect.gen(function* () {
        const file = yield* fs.open(name, { flag: "w", mode: 0o600 })
        yield* file.writeAll(utf8.encode(sealed))
        if (lasting) yield* file.sync
      })
    )

  const hide = (name: string, sealed: string) => written(place(name).hidden, sealed, true)

  /** Puts the content on the disk under a hidden name, and returns the text of the file. */
  const prepare = Effect.fnUntraced(function* (kind: StateKind, name: string, content: StateJson) {
    const sealed = seal(kind, content, sha256)
    yield* hide(name, sealed)
    return sealed
  })

  /** Gives a prepared file its name, for good. */
  const publish = Effect.fnUntraced(function* (name: string) {
    const { target, folder, hidden } = place(name)
    yield* fs.rename(hidden, target)
    yield* syncFolder(folder)
  })

  /** Writes a file and returns its text. */
  const write = (kind: StateKind, name: string, content: StateJson) =>
    Effect.tap(prepare(kind, name, content), () => publish(name))

  /** Writes a file that nobody relies on before `syncAll`: a kill may leave a part of it, and a loss of power nothing. */
  const note = Effect.fnUntraced(function* (name: string, sealed: string) {
    yield* fs.makeDirectory(path.dirname(at(name)), { recursive: true })
    yield* written(at(name), sealed, false)
  })

  /** Makes everything in these folders last, and the names in them. Many files at once share what a disk does. */
  const syncAll = Effect.fnUntraced(function* (folders: ReadonlyArray<string>) {
    const files: Array<string> = []
    for (const folder of folders) {
      if (!(yield* fs.exists(at(folder)))) continue
      for (const name of yield* fs.readDirectory(at(folder), { recursive: true }))
        files.push(path.join(at(folder), name))
      files.push(at(folder))
    }
    files.push(root)
    yield* Effect.forEach(files, (it) => syncedFolder(it).pipe(Effect.provideService(FileSystem.FileSystem, fs)), {
      concurrency: 64,
      discard: true
    })
  })

  /** The text of a file; none when it is missing. */
  const text = Effect.fnUntraced(function* (name: string) {
    return yield* Effect.gen(function* () {
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
  })

  /**
   * The content of a file; none when it is missing. Fails with `StateBroken` when it doesn't unseal or fit the schema.
   */
  const read = Effect.fnUntraced(function* <A, I>(kind: StateKind, name: string, schema: Schema.Codec<A, I>) {
    const found = yield* text(name)
    if (Option.isNone(found)) return Option.none<A>()
    const content = Result.flatMap(unseal(kind, found.value, sha256), (it) =>
      Result.mapError(Schema.decodeUnknownResult(schema)(it), (error) => `has unexpected content: ${error.message}`)
    )
    if (Result.isFailure(content)) return yield* new StateBroken({ file: name, problem: content.failure })
    return Option.some(content.success)
  })

  /** Names in the folder itself, hidden ones too. */
  const names = Effect.suspend(() => fs.readDirectory(root))

  /** Names in a folder, sorted, without hidden ones. Leftovers of unfinished writes are removed. */
  const list = Effect.fnUntraced(function* (name: string) {
    if ((yield* fs.stat(at(name))).type !== "Directory") {
      return yield* new StateBroken({ file: name, problem: "is not a folder" })
    }
    const found = yield* fs.readDirectory(at(name))
    for (const hidden of found.filter(isLeftover)) yield* fs.remove(path.join(at(name), hidden))
    return found.filter((it) => !it.startsWith(".")).toSorted()
  })

  return { ensureFolder, prepare, publish, write, note, syncAll, read, text, names, list }
})

/**
 * Operations on an opened folder. They fail with `PlatformError`, or with `StateBroken` for what isn't the engine's.
 */
export type StateFiles = Effect.Success<ReturnType<typeof open>>
