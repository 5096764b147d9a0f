/**
 * Files of the state folder, each written whole or not at all.
 *
 * A write goes to a hidden file, to the disk, and then takes the name in one step; what a reader finds under a name is
 * always complete. Hidden files are leftovers of a process that died.
 */
import { Effect, type FileSystem, Option, type Path, Result, Schema } from "effect"
import type { PlatformError } from "effect/PlatformError"
import type { Json } from "../state/canonical.ts"
import { seal, type StateKind, unseal } from "./sealed.ts"
import { StateBroken } from "./StateError.ts"

const utf8 = new TextEncoder()

const isMissing = (error: PlatformError): boolean => error.reason._tag === "NotFound"

export const make = (fs: FileSystem.FileSystem, path: Path.Path, root: string) => {
  const at = (name: string): string => path.join(root, name)

  /** Makes the names in a folder last. Where a folder can't be opened, its system keeps names by itself. */
  const syncFolder = (folder: string) =>
    Effect.scoped(
      Effect.flatMap(Effect.option(fs.open(folder, { flag: "r" })), (file) =>
        Option.isSome(file) ? file.value.sync : Effect.void
      )
    )

  const ensureFolder = Effect.fnUntraced(function* (name: string) {
    const folder = at(name)
    if (yield* fs.exists(folder)) return
    yield* fs.makeDirectory(folder, { recursive: true })
    yield* syncFolder(path.dirname(folder))
  })

  const write = Effect.fnUntraced(function* (kind: StateKind, name: string, content: Json) {
    const target = at(name)
    const folder = path.dirname(target)
    const hidden = path.join(folder, `.${path.basename(target)}.tmp`)
    yield* Effect.scoped(
      Effect.gen(function* () {
        const file = yield* fs.open(hidden, { flag: "w" })
        yield* file.writeAll(utf8.encode(seal(kind, content)))
        yield* file.sync
      })
    )
    yield* fs.rename(hidden, target)
    yield* syncFolder(folder)
  })

  /** The content of a file, if there is one. */
  const read = Effect.fnUntraced(function* <A, I>(kind: StateKind, name: string, schema: Schema.Codec<A, I>) {
    const text = yield* fs.readFileString(at(name)).pipe(
      Effect.map(Option.some),
      Effect.catchIf(isMissing, () => Effect.succeed(Option.none<string>()))
    )
    if (Option.isNone(text)) return Option.none<A>()
    const content = Result.flatMap(unseal(kind, text.value), (it) =>
      Result.mapError(Schema.decodeUnknownResult(schema)(it), (error) => `holds something else: ${error.message}`)
    )
    if (Result.isFailure(content)) return yield* new StateBroken({ file: name, problem: content.failure })
    return Option.some(content.success)
  })

  /** Names in the folder itself, hidden ones too. */
  const names = Effect.suspend(() => fs.readDirectory(root))

  /** Names in a folder, in order. Hidden ones are removed. */
  const list = Effect.fnUntraced(function* (name: string) {
    const found = yield* fs.readDirectory(at(name))
    for (const hidden of found.filter((it) => it.startsWith("."))) yield* fs.remove(path.join(at(name), hidden))
    return found.filter((it) => !it.startsWith(".")).toSorted()
  })

  return { ensureFolder, write, read, names, list }
}

export type StateFiles = ReturnType<typeof make>
