/**
 * A whole game in one file: the galaxy after its last turn and that turn's log, each sealed as in a state folder.
 *
 * A new version is written to a separate file, flushed to disk and then renamed in one step, so the name always stands
 * for a complete turn. Only the owner may read the files, since they hold all secrets of the game.
 */
import { TurnContent } from "@galaxy/engine/host/layout"
import { seal, unseal } from "@galaxy/engine/host/sealed"
import type { StateKind } from "@galaxy/engine/host/upgrades"
import { problemOf } from "@galaxy/engine/state/consistency"
import { Galaxy } from "@galaxy/engine/state/Galaxy"
import type { Made } from "@galaxy/engine/turn/makeTurn"
import { Effect, FileSystem, Path, Result, Schema } from "effect"
import { isPlatformError, type PlatformError } from "effect/PlatformError"
import { type CannotPlay, cannot, fileProblem } from "./failures.ts"

/** Bytes of a galaxy file; far above what the largest game takes. */
const maxGalaxyFileBytes = 256 * 1024 * 1024

/** A game as it was found in a file. */
export interface FoundGalaxy extends Made {
  readonly text: string
}

const utf8 = new TextEncoder()

const textOf = ({ galaxy, log }: Made): string =>
  seal("galaxy", galaxy) + seal("turn", { game_id: galaxy.game_id, turn: galaxy.turn, log })

const part = <A, I>(kind: StateKind, sealed: string, schema: Schema.Codec<A, I>): Result.Result<A, string> =>
  Result.flatMap(unseal(kind, sealed), (content) =>
    Result.mapError(Schema.decodeUnknownResult(schema)(content), (error) => `has unexpected content: ${error.message}`)
  )

/** The game in a text, or what is wrong with it. */
const madeIn = (text: string): Result.Result<Made, string> =>
  Result.gen(function* () {
    const lines = text.split("\n")
    const galaxy = yield* part("galaxy", `${lines.slice(0, 2).join("\n")}\n`, Galaxy)
    if (lines.length < 3) return yield* Result.fail("is cut short")
    const turn = yield* part("turn", lines.slice(2).join("\n"), TurnContent)
    if (turn.game_id !== galaxy.game_id || turn.turn !== galaxy.turn) {
      return yield* Result.fail("holds a galaxy and the log of another turn")
    }
    const problem = problemOf(galaxy)
    return problem === undefined ? { galaxy, log: turn.log } : yield* Result.fail(problem)
  })

/** A failure of the file system, as the failure of a command. */
const refused = <A, R>(doing: string, effect: Effect.Effect<A, PlatformError | CannotPlay, R>) =>
  Effect.mapError(effect, (error) => (isPlatformError(error) ? cannot(`${doing}: ${fileProblem(error)}`) : error))

/** Reads the game in a file. A file with anything else in it is refused, never guessed from. */
export const read = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* refused(
    `${file} can't be read`,
    Effect.gen(function* () {
      const { size } = yield* fs.stat(file)
      if (size > maxGalaxyFileBytes) return yield* cannot(`${file} is not a galaxy file: it is too large`)
      return yield* fs.readFileString(file)
    })
  )
  const made = madeIn(text)
  if (Result.isFailure(made)) return yield* cannot(`${file} ${made.failure}`)
  return { ...made.success, text }
})

/** Writes a complete file beside `target`, and lets `take` give it its name. */
const written = Effect.fnUntraced(function* <E>(
  target: string,
  text: string,
  take: (hidden: string) => Effect.Effect<void, E>
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = path.dirname(target)
  // The name is unique to this process: two commands at once never write to one file.
  const hidden = path.join(folder, `.${path.basename(target)}.${process.pid}.tmp`)
  yield* Effect.scoped(
    Effect.gen(function* () {
      const open = yield* fs.open(hidden, { flag: "w", mode: 0o600 })
      yield* open.writeAll(utf8.encode(text))
      yield* open.sync
    })
  ).pipe(
    Effect.andThen(take(hidden)),
    Effect.ensuring(Effect.ignore(fs.remove(hidden, { force: true }))),
    Effect.uninterruptible
  )
  // Some systems don't open folders; they keep names by themselves.
  yield* Effect.ignore(Effect.scoped(Effect.flatMap(fs.open(folder, { flag: "r" }), (it) => it.sync)))
})

/** Writes a new game to a file, which must not exist yet. */
export const create = Effect.fnUntraced(function* (file: string, made: Made) {
  const fs = yield* FileSystem.FileSystem
  if (yield* refused(`${file} can't be created`, fs.exists(file))) return yield* cannot(`${file} already exists`)
  // Unlike a rename, a link never replaces a file that somebody else has created in between.
  yield* refused(
    `${file} can't be created`,
    written(file, textOf(made), (hidden) => fs.link(hidden, file))
  )
})

/** Replaces the turn that was found by the next one; refused if the file has changed in between. */
export const replace = Effect.fnUntraced(function* (file: string, found: FoundGalaxy, made: Made) {
  const fs = yield* FileSystem.FileSystem
  const target = yield* refused(`${file} can't be written`, fs.realPath(file))
  const take = (hidden: string) =>
    Effect.gen(function* () {
      const now = yield* fs.readFileString(target)
      if (now !== found.text)
        return yield* cannot(`${file} was changed by something else while the turn was made, so it was not overwritten`)
      yield* fs.rename(hidden, target)
    })
  yield* refused(`${file} can't be written`, written(target, textOf(made), take))
})
