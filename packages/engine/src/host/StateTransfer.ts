/**
 * Takes a game's files in from elsewhere, all or none.
 *
 * Files are put into a hidden folder that nothing else looks at. Once they have been checked, that folder gets another
 * name in one step, and from then on they are the game: whoever opens the state folder next moves them to their places,
 * also after a kill in between. What was put and never opened is forgotten at the next start.
 */
import { Duration, Effect, FileSystem, Path } from "effect"
import { folders, isStatePath } from "./layout.ts"
import * as StateFiles from "./StateFiles.ts"

const incoming = ".incoming"
const checked = ".checked"

/** Moves what was checked to its place, if anything was, and forgets what was put before this start. */
export const settle = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const from = path.join(root, checked)
  if (yield* fs.exists(from)) {
    // The galaxies come last: without them there is no game.
    for (const folder of folders.toReversed()) {
      if (!(yield* fs.exists(path.join(from, folder)))) continue
      if (yield* fs.exists(path.join(root, folder))) yield* fs.remove(path.join(root, folder), { recursive: true })
      yield* fs.rename(path.join(from, folder), path.join(root, folder))
    }
    yield* StateFiles.syncedFolder(root)
    yield* fs.remove(from, { recursive: true })
  }
  const left = path.join(root, incoming)
  if (yield* fs.exists(left)) yield* fs.remove(left, { recursive: true })
})

/** Taking a game in. The caller makes sure that there is no game yet and that calls don't overlap. */
export const make = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  const at = path.join(root, incoming)

  const staged = Effect.provideContext(
    Effect.suspend(() => StateFiles.open(at)),
    context
  )
  /** The same, opened once: files come by the thousands. */
  const [opened, forget] = yield* Effect.cachedInvalidateWithTTL(staged, Duration.infinity)

  /** Keeps a sealed text whose path `isStatePath` accepts. */
  const put = Effect.fnUntraced(function* (name: string, sealed: string) {
    if (!isStatePath(name)) return yield* Effect.die(new Error(`${name} is no path of a state file`))
    const files = yield* opened
    yield* Effect.onError(files.note(name, sealed), () => forget)
  })

  /** Whether anything was put. */
  const isEmpty = Effect.map(fs.exists(at), (there) => !there)

  /** What was put is the game from now on: first all of it is made to last, and then it gets its name. */
  const accept = Effect.flatMap(staged, (files) => files.syncAll(folders)).pipe(
    Effect.andThen(fs.rename(at, path.join(root, checked))),
    Effect.andThen(StateFiles.syncedFolder(root)),
    Effect.andThen(settle(root)),
    Effect.provideContext(context)
  )

  return { staged, put, isEmpty, accept }
})
