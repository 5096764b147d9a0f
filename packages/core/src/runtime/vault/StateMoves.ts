/**
 * Moves states of games between their engines and the vault, file by file: what an engine has made is fetched, and an
 * engine that has nothing yet is given all of it.
 *
 * An engine isn't trusted: each file must have the size and the digest that it was listed with.
 */
import { maxStateFileBytes } from "@galaxy/contract/engine/Limits"
import type { Kept } from "@galaxy/contract/engine/Order"
import type { StateFile, StateListing } from "@galaxy/contract/engine/State"
import { Effect, Option, Stream } from "effect"
import { EngineClient } from "../../engine/EngineClient.ts"
import { type EngineRefused, EngineUnreachable } from "../../engine/EngineError.ts"
import { type EngineAccess, type EngineRun, EngineStartFailed } from "../../engine/EngineHost.ts"
import type { StorageError } from "../../shared/StorageError.ts"
import type { RuntimeRow } from "../RuntimeRow.ts"
import { RuntimeStale } from "../RuntimeStale.ts"
import { batches } from "./batches.ts"
import { sha256Of } from "./packing.ts"
import { type StateOvertaken, StateVault } from "./StateVault.ts"

/** Most bytes and files of a game's state that can be kept, before compression. */
const mostOfGame = { bytes: 1024 * 1024 * 1024, files: 200_000 }

/**
 * The same of a galaxy as created, and of a turn with the one before and the decisions of both, which are in memory until
 * they are stored.
 */
const mostOfTurn = { bytes: 128 * 1024 * 1024, files: 4_000 }

/** Most bytes and files that are fetched before they are stored. */
const mostAtOnce = { bytes: 4 * 1024 * 1024, files: 500 }

/** Files on their way to or from one engine at once. */
const concurrency = 4

/** What a row says of a game whose state can be moved. */
export type StateRow = Pick<RuntimeRow, "game_id" | "engine_epoch" | "current_turn" | "state_in_database">

/** Paths that are the same wherever they are written. They come from engines and become parts of URLs. */
const isPath = (path: string): boolean => path.length <= 256 && /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(path)

const unfit = (reason: string) => new EngineUnreachable({ reason: `the state can't be kept: ${reason}` })

const utf8 = new TextEncoder()

const noSurface = (error: EngineRefused | EngineUnreachable) =>
  error._tag === "EngineRefused" && error.code === "not_found"

/** Whether a state is stored now; `but ahead` of an engine that is of no use, since it is turns ahead of the game. */
export type TakenIn = "taken" | "but ahead" | "not taken"

const untaken = ({ reason }: EngineRefused | EngineUnreachable) =>
  Effect.logWarning("a game's state could not be taken into the database: it stays with its engine's host").pipe(
    Effect.annotateLogs({ reason }),
    Effect.as<TakenIn>("not taken")
  )

/** The moves. What an engine does wrong is `EngineUnreachable`, as in its other calls. */
export const make = Effect.gen(function* () {
  const vault = yield* StateVault
  const client = yield* EngineClient

  /** The listing, checked; undefined where the engine doesn't give its state away. */
  const listed = Effect.fnUntraced(function* (engine: EngineAccess, most: typeof mostOfTurn, from?: number) {
    const listing = yield* client.state(engine, from).pipe(
      Effect.map((it): StateListing | undefined => it),
      Effect.catchIf(noSurface, () => Effect.succeed(undefined))
    )
    if (listing !== undefined && listing.files.length > most.files) {
      return yield* unfit(`it has more than ${most.files} files`)
    }
    if ((listing?.files ?? []).reduce((sum, it) => sum + it.size, 0) > most.bytes) {
      return yield* unfit(`it has more than ${most.bytes / 1024 / 1024} MiB`)
    }
    const wrong = listing?.files.find((it) => !isPath(it.path) || it.size > maxStateFileBytes)
    return wrong === undefined
      ? listing
      : yield* unfit(`${wrong.path.slice(0, 100)} is larger than a file may be, or is not the path of one`)
  })

  const fetched = Effect.fnUntraced(function* (engine: EngineAccess, file: StateFile) {
    const bytes = yield* client.stateFile(engine, file.path)
    if (bytes.byteLength !== file.size || (yield* sha256Of(bytes)) !== file.sha256) {
      return yield* unfit(`${file.path} is not as it was listed`)
    }
    return yield* vault.pack({ path: file.path, bytes })
  })

  const fetchedAll = (engine: EngineAccess, files: ReadonlyArray<StateFile>) =>
    Effect.forEach(files, (it) => fetched(engine, it), { concurrency })

  const nothing: Effect.Effect<void, StateOvertaken | StorageError> = Effect.void

  /**
   * What keeps a decision that the engine has just taken for the turn, to be run in the transaction of whatever else is
   * noted of it. Does nothing where the engine has left no file, and where states aren't kept.
   */
  const keeping = Effect.fnUntraced(function* (
    { game_id: gameId, current_turn: turn }: Pick<StateRow, "game_id" | "current_turn">,
    { epoch }: Pick<EngineRun, "epoch">,
    kept: Option.Option<Kept>
  ) {
    if (!vault.keeps || Option.isNone(kept)) return nothing
    const { path, revision, sealed } = kept.value
    if (!isPath(path)) return yield* unfit("the path is not one of a file")
    const file = yield* vault.pack({ path, bytes: utf8.encode(sealed) }, revision)
    return vault.keepDecision({ gameId, epoch, turn }, file)
  })

  /**
   * Keeps what somebody is about to be told of the open turn's decisions, if it isn't kept yet: its write may have been
   * cut off after the engine had taken it.
   */
  const keepTold = Effect.fnUntraced(function* (
    row: Pick<StateRow, "game_id" | "current_turn">,
    run: Pick<EngineRun, "epoch">,
    kept: Option.Option<Kept>
  ) {
    if (!vault.keeps || Option.isNone(kept)) return
    const { path, sealed } = kept.value
    const bytes = utf8.encode(sealed)
    const missing = yield* vault.missing(row.game_id, [
      { path, size: bytes.byteLength, sha256: yield* sha256Of(bytes) }
    ])
    if (missing.length > 0) yield* yield* keeping(row, run, kept)
  })

  /**
   * What the vault lacks of a game that its engine has just created; undefined where states aren't kept, or not of this
   * engine.
   */
  const created = Effect.fnUntraced(function* (engine: EngineAccess) {
    if (!vault.keeps) return undefined
    const listing = yield* listed(engine, mostOfTurn)
    return listing === undefined ? undefined : yield* fetchedAll(engine, listing.files)
  })

  /** What the vault lacks of a turn that the engine has just made, with the decisions that led to it. */
  const made = Effect.fnUntraced(function* (engine: EngineAccess, row: StateRow, turn: number) {
    if (!row.state_in_database) return []
    const listing = yield* listed(engine, mostOfTurn, Math.max(0, turn - 1))
    if (listing?.turn !== turn) return yield* unfit(`turn ${turn} is not the last one of the listing`)
    return yield* fetchedAll(engine, yield* vault.missing(row.game_id, listing.files))
  })

  const takenIn = Effect.fnUntraced(function* (
    engine: EngineAccess,
    { game_id: gameId, engine_epoch: epoch, current_turn: turn }: StateRow
  ): Effect.fn.Return<TakenIn, EngineRefused | EngineUnreachable | StateOvertaken | StorageError> {
    const listing = yield* listed(engine, mostOfGame)
    if (listing?.turn === undefined) return "not taken"
    // A turn that was made and never committed has happened for nobody: it will be made again.
    const files = listing.files.filter((it) => it.turn === undefined || it.turn <= turn)
    if (listing.turn > turn && files.some((it) => it.turn === undefined)) return "not taken"
    const missing = yield* vault.missing(gameId, files)
    for (const part of batches(
      missing.map((file) => ({ file, bytes: file.size })),
      mostAtOnce
    )) {
      const packed = yield* fetchedAll(
        engine,
        part.map((it) => it.file)
      )
      yield* vault.takeIn({ gameId, epoch }, packed)
    }
    yield* Effect.logInfo("a game's state was taken into the database")
    return listing.turn > turn + 1 ? "but ahead" : "taken"
  })

  /**
   * Takes a game in whose state is only with its engine so far. Returns whether all of it is stored now, for the caller's
   * write of the row; `not taken` where the engine gives nothing away, or nothing that can be kept: then it is tried again at its
   * next start. Nobody else may call the engine meanwhile.
   */
  const takeIn = (engine: EngineAccess, row: StateRow): Effect.Effect<TakenIn, RuntimeStale | StorageError> =>
    takenIn(engine, row).pipe(
      Effect.catchTags({
        StateOvertaken: () => Effect.fail(new RuntimeStale()),
        EngineRefused: untaken,
        EngineUnreachable: untaken
      })
    )

  const putBack = Effect.fnUntraced(function* (engine: EngineAccess, { game_id: gameId, current_turn }: StateRow) {
    const before = yield* listed(engine, mostOfGame)
    if (before === undefined) return yield* unfit("the engine takes no state in")
    // Given to it before, by somebody who was cut off after that; it may have made the next turn since.
    if (before.turn === current_turn || before.turn === current_turn + 1) return before.turn
    if (before.turn !== undefined) return yield* unfit(`it has one already, at turn ${before.turn}`)
    yield* Stream.runDrain(
      Stream.mapEffect(vault.load(gameId), ({ path, bytes }) => client.putState(engine, path, bytes), { concurrency })
    )
    const { turn } = yield* client.openState(engine)
    return turn === current_turn ? turn : yield* unfit(`its last turn is ${turn} and not ${current_turn}`)
  })

  /** Gives a game that the vault keeps to an engine that has just been started with nothing. */
  const give = (engine: EngineAccess, row: StateRow): Effect.Effect<void, EngineStartFailed | StorageError> =>
    Effect.asVoid(putBack(engine, row)).pipe(
      Effect.catchTag(["EngineRefused", "EngineUnreachable", "StateDamaged"], (error) =>
        Effect.fail(
          new EngineStartFailed({
            reason: `the game's state could not be brought to its engine: ${error._tag === "StateDamaged" ? error.message : error.reason}`,
            permanent: false
          })
        )
      )
    )

  return { vault, keeping, keepTold, created, made, takeIn, give }
})

/** See `make`. */
export type StateMoves = Effect.Success<typeof make>
