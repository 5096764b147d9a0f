/**
 * Brings a game's engine up, for the game's owner: the run that the row names if it serves, and otherwise a new one in
 * the next epoch.
 *
 * The epoch rises in a fenced write of the row before anything is started. So whatever happens in between, whoever reads
 * the row next finds the run or replaces it, and an owner that was overtaken starts nothing.
 */
import { Effect, Option, type Scope } from "effect"
import {
  type EngineAccess,
  EngineGone,
  EngineHost,
  type EngineInstance,
  type EngineRun,
  EngineStartFailed
} from "../engine/EngineHost.ts"
import { EngineReady } from "../engine/EngineReady.ts"
import { EngineTokens } from "../engine/EngineTokens.ts"
import type { StorageError } from "../shared/StorageError.ts"
import * as EngineRuns from "./EngineRuns.ts"
import { runOf, specOf } from "./engineSpec.ts"
import * as Placement from "./Placement.ts"
import type { RuntimeChange, RuntimeRow } from "./RuntimeRow.ts"
import type { RuntimeStale } from "./RuntimeStale.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import * as StateMoves from "./vault/StateMoves.ts"

/** The newest version of a row that somebody works on: whoever writes it leaves the new one here. */
export interface OwnRow {
  row: RuntimeRow
}

/** A run that serves. */
export interface Placed extends EngineAccess {
  readonly instance: EngineInstance
  /** The columns that name it, for the caller's next write of the row. Nothing where the row names it already. */
  readonly change: RuntimeChange
}

/** How a placing fails: `EngineStartFailed`, if no engine could be brought up now. */
export type PlacingError = EngineStartFailed | RuntimeStale | StorageError

/** The state on any host is older than the database's, or none. */
const stateElsewhere = "the game's state is in the database, but this backend keeps states in the folders of its hosts"

/**
 * Most runs that one call starts, beside those that a host has refused: each host is asked once. An engine may fall asleep
 * again as soon as it has been started.
 */
const mostStarts = 5

/** What the row says of the run that it names. */
const recorded = (row: RuntimeRow): { readonly run: EngineRun; readonly endpoint: URL | undefined } | undefined => {
  const run = runOf(row)
  if (run === undefined) return undefined
  return { run, endpoint: row.engine_endpoint === null ? undefined : new URL(row.engine_endpoint) }
}

/** The columns that name the run. */
const naming = (row: RuntimeRow, instance: EngineInstance): RuntimeChange => {
  const endpoint = instance.endpoint.origin
  return row.current_container_id === instance.instanceId && row.engine_endpoint === endpoint
    ? {}
    : {
        current_container_id: instance.instanceId,
        engine_endpoint: endpoint,
        ...(instance.imageId === undefined ? {} : { image_id: instance.imageId })
      }
}

/**
 * `hold` brings the engine up and keeps it awake until the scope ends. With `renewed` the run that the row names isn't
 * taken, whether it serves or not. Calls for one game must not overlap with any other work on it.
 */
export const make = Effect.gen(function* () {
  const store = yield* RuntimeStore
  const host = yield* EngineHost
  const ready = yield* EngineReady
  const tokens = yield* EngineTokens
  const choose = yield* Placement.make
  const moves = yield* StateMoves.make

  /** Whoever was overtaken ends no run: it may be the next owner's by now. */
  const stillMine = (own: OwnRow) =>
    Effect.suspend(() =>
      Effect.map(store.write(own.row, {}), (row) => {
        own.row = row
      })
    )

  /**
   * Starts the run of the row's epoch, or takes the one that runs, and sees to the game's state: an engine that begins
   * with nothing is given what the database has, and a game whose state only its host has is taken in.
   */
  const started = Effect.fnUntraced(function* (own: OwnRow, run: EngineRun, players: number) {
    const { row } = own
    const token = yield* tokens.token(row.game_id, run.epoch)
    const instance = yield* ready.start(specOf(row, run, token, players), stillMine(own))
    const access: EngineAccess = { endpoint: instance.endpoint, token }
    if (row.state_in_database) {
      // One that can't be given its state is no use: the next attempt is made with another one.
      yield* Effect.tapErrorTag(moves.give(access, row), "EngineStartFailed", () =>
        Effect.andThen(stillMine(own), Effect.ignore(host.stop(run.gameId, run.hostId, run.epoch)))
      )
    } else if (moves.vault.keeps && row.started_at !== null) {
      const taken = yield* moves.takeIn(access, row)
      if (taken !== "not taken") own.row = yield* store.write(row, { state_in_database: true })
      if (taken === "but ahead") {
        // It would refuse all orders, being in a turn that has happened for nobody. The next one is given what was taken.
        yield* host.stop(run.gameId, run.hostId, run.epoch)
        return yield* new EngineGone()
      }
    }
    return { ...access, instance, change: naming(own.row, instance) } satisfies Placed
  })

  /** The run of the row's own epoch: one that serves, or one whose start was cut off. */
  const present = Effect.fnUntraced(function* (own: OwnRow, players: number) {
    const { row } = own
    const known = recorded(row)
    if (known === undefined) return Option.none<Placed>()
    if (known.endpoint !== undefined) {
      const token = yield* tokens.token(row.game_id, row.engine_epoch)
      const instance = { ...known.run, instanceId: row.current_container_id ?? "", endpoint: known.endpoint }
      return Option.map(
        yield* ready.again(instance, token, stillMine(own)),
        (it): Placed => ({
          endpoint: it.endpoint,
          token,
          instance: it,
          change: naming(own.row, it)
        })
      )
    }
    // A run that was cut off before it began, or has gone since, is never begun a second time: decisions that the first
    // one took could not be told from those of the second.
    const runs = yield* Effect.option(host.inspect(known.run))
    if (Option.isNone(Option.flatten(runs))) return Option.none()
    return yield* started(own, known.run, players).pipe(
      Effect.asSome,
      Effect.catchTag(["EngineGone", "EngineStale", "EngineHostUnavailable"], () => Effect.succeed(Option.none()))
    )
  })

  /** Leaves nothing of the game where it was, if that can be had now: the sweep ends the run of a host that comes back. */
  const leave = Effect.fnUntraced(function* (from: RuntimeRow, to: string) {
    if (from.engine_host === null || from.engine_host === to) return
    const answers = (yield* host.hosts).some((it) => it.hostId === from.engine_host && it.answers)
    if (!answers) return
    yield* Effect.ignore(from.state_in_database ? EngineRuns.discard(host, from) : EngineRuns.stop(host, from))
  })

  /** What a host still has of a game that was never played is of a start that came to nothing, perhaps of other players. */
  const cleared = (row: RuntimeRow, { epoch, gameId, hostId }: EngineRun) =>
    row.started_at === null && epoch > 1 ? host.discard(gameId, hostId, epoch - 1) : Effect.void

  const hold = Effect.fnUntraced(function* (
    own: OwnRow,
    players: number,
    options: { readonly renewed?: boolean } = {}
  ): Effect.fn.Return<Placed, PlacingError, Scope.Scope> {
    if (own.row.state_in_database && !moves.vault.keeps) {
      return yield* new EngineStartFailed({ reason: stateElsewhere, permanent: false, noRoom: true })
    }
    const found = options.renewed === true ? Option.none<Placed>() : yield* present(own, players)
    if (Option.isSome(found)) return found.value
    const from = own.row
    const away = new Map<string, Placement.Refusal>()
    let above = 0
    for (let starts = 0; starts < mostStarts + away.size; starts++) {
      const { row } = own
      const hostId = yield* choose(row, away, options)
      const epoch = Math.max(row.engine_epoch, above) + 1
      own.row = yield* store.write(row, {
        engine_host: hostId,
        engine_epoch: epoch,
        engine_endpoint: null,
        current_container_id: null,
        generating_since: null
      })
      const run = { gameId: row.game_id, hostId, epoch }
      const placed = yield* Effect.andThen(cleared(row, run), started(own, run, players)).pipe(
        Effect.asSome,
        Effect.catchTags({
          EngineGone: () => Effect.succeedNone,
          EngineStale: (stale) => {
            above = stale.epoch
            return Effect.succeedNone
          },
          EngineHostUnavailable: (error) => {
            away.set(hostId, error)
            return Effect.succeedNone
          },
          EngineStartFailed: (error) => {
            if (!Placement.refusedHere(error)) return Effect.fail(error)
            away.set(hostId, error)
            return Effect.succeedNone
          }
        })
      )
      if (Option.isSome(placed)) {
        yield* leave(from, hostId)
        return placed.value
      }
    }
    return yield* new EngineStartFailed({ reason: "the engine ended as soon as it was started", permanent: false })
  })

  return { hold, host }
})
