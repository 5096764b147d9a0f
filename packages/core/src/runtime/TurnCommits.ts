/**
 * Stores what became of games' turns, many games in one transaction: those that wait while another transaction is
 * under way share the next one.
 *
 * Nobody spoils the others' transaction: a game whose rows somebody else holds, or whose state doesn't allow the change,
 * is left out of it, and after a failure each game of it gets a transaction of its own. A game's rows are fenced either
 * way, so a change is stored once or not at all.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Deferred, Effect, Layer, Option, Queue, Semaphore } from "effect"
import { SqlClient } from "effect/sql"
import { failureFields } from "../shared/failureFields.ts"
import { StorageError } from "../shared/StorageError.ts"
import { type GameGone, RuntimeEvents, type RuntimeSnapshot } from "./RuntimeEvents.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"
import { RuntimeStale } from "./RuntimeStale.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import type { TurnWrite } from "./turnWrites.ts"
import { type PackedFile, StateVault } from "./vault/StateVault.ts"

/** What is to be stored of one game: the change of its row, what the lobby learns of it, and files of its state. */
export interface TurnCommit extends TurnWrite {
  readonly snapshot: RuntimeSnapshot
  readonly files?: ReadonlyArray<PackedFile> | undefined
}

type CommitError = RuntimeStale | GameGone | StorageError

/**
 * The shared transactions of all games. Fails with `RuntimeStale` if the row was written since it was read, and with
 * `GameGone` if the lobby doesn't know the game any more: then nothing of the game was stored.
 */
export class TurnCommits extends Context.Service<
  TurnCommits,
  {
    /** Returns the row as it is afterwards. A caller who stops waiting doesn't keep the change from being stored. */
    store(commit: TurnCommit): Effect.Effect<RuntimeRow, CommitError>
  }
>()("@galaxy/core/runtime/TurnCommits") {}

/**
 * Most games of one transaction, most players of whom it tells anything, and most bytes of state files. A game that is
 * larger has a transaction for itself.
 */
const mostGames = 64
const mostPlayers = 2_000
const mostBytes = 4 * 1024 * 1024

/** Shared transactions under way at once: while the database works on one, the next one is prepared. */
const atOnce = 2

/** Transactions of single games under way at once. They may wait for locks, and must leave connections to others. */
const alone = 3

interface Waiting {
  readonly commit: TurnCommit
  /** The row, nothing where the game needs a transaction of its own, or why the database can't be reached. */
  readonly outcome: Deferred.Deferred<Option.Option<RuntimeRow>, StorageError>
}

const bytesOf = ({ files = [] }: TurnCommit): number => files.reduce((sum, it) => sum + it.body.byteLength, 0)

/** Parts of the games that are small enough for one transaction each. */
const bounded = (waiting: ReadonlyArray<Waiting>): ReadonlyArray<ReadonlyArray<Waiting>> => {
  const parts: Array<Array<Waiting>> = []
  let players = Number.POSITIVE_INFINITY
  let bytes = 0
  for (const it of waiting) {
    const more = it.commit.snapshot.players.length
    const moreBytes = bytesOf(it.commit)
    if (players + more > mostPlayers || bytes + moreBytes > mostBytes) {
      parts.push([])
      players = 0
      bytes = 0
    }
    players += more
    bytes += moreBytes
    parts.at(-1)?.push(it)
  }
  return parts
}

/** The files of the games' states, for their runs of which the rows tell. */
const filesOf = (commits: ReadonlyArray<TurnCommit>) =>
  commits.flatMap(({ read, files = [] }) =>
    files.length === 0 ? [] : [{ gameId: read.game_id, epoch: read.engine_epoch, files }]
  )

const connectionLost = (error: unknown): error is StorageError =>
  error instanceof StorageError &&
  (error.cause as { readonly reason?: { readonly _tag?: unknown } } | undefined)?.reason?._tag === "ConnectionError"

/** `TurnCommits` over PostgreSQL. Transactions that are under way when the scope ends are rolled back. */
export const layer: Layer.Layer<TurnCommits, never, SqlClient.SqlClient | RuntimeStore | RuntimeEvents | StateVault> =
  Layer.effect(
    TurnCommits,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* RuntimeStore
      const events = yield* RuntimeEvents
      const vault = yield* StateVault
      const queue = yield* Queue.unbounded<Waiting>()
      const place = yield* Semaphore.make(alone)

      /** Locks the games' rows, without those that somebody else holds, as a player's order does to its end. */
      const unlocked = Effect.fnUntraced(function* (commits: ReadonlyArray<TurnCommit>) {
        const ids = commits.map((it) => it.read.game_id)
        const found = yield* sql<{ readonly game_id: string }>`
          SELECT game_id FROM backend.runtime_records WHERE ${sql.in("game_id", ids)}
          FOR NO KEY UPDATE SKIP LOCKED`
        const locked = new Set(found.map((it) => it.game_id))
        return commits.filter((it) => locked.has(it.read.game_id))
      })

      /** The rows of the games that could be stored. If one of those that the lobby has heard about is stale, none is. */
      const together = Effect.fn("TurnCommits.together")(function* (commits: ReadonlyArray<TurnCommit>) {
        return yield* sql.withTransaction(
          Effect.gen(function* () {
            const free = yield* unlocked(commits)
            if (free.length === 0) return new Map<GameId, RuntimeRow>()
            const told = yield* events.onSnapshots(free.map((it) => it.snapshot))
            const mine = free.filter((it) => told.has(it.read.game_id))
            const written = yield* rows.writeTurns(mine)
            if (written.size !== mine.length) return yield* new RuntimeStale()
            yield* vault.keepTurns(filesOf(mine))
            return written
          })
        )
      }, StorageError.refail)

      const single = Effect.fn("TurnCommits.single")(function* (commit: TurnCommit) {
        return yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* events.onSnapshot(commit.snapshot)
            const written = yield* rows.writeTurns([commit])
            const row = written.get(commit.read.game_id) ?? (yield* new RuntimeStale())
            yield* vault.keepTurns(filesOf([commit]))
            return row
          })
        )
      }, StorageError.refail)

      const settle = (part: ReadonlyArray<Waiting>) =>
        Effect.matchCauseEffect(together(part.map((it) => it.commit)), {
          onSuccess: (written) =>
            Effect.forEach(
              part,
              (it) => Deferred.succeed(it.outcome, Option.fromUndefinedOr(written.get(it.commit.read.game_id))),
              { discard: true }
            ),
          onFailure: (cause) =>
            Effect.gen(function* () {
              const error = cause.reasons.map((it) => (it._tag === "Fail" ? it.error : undefined)).find(connectionLost)
              if (error === undefined && part.length > 1) {
                yield* Effect.logWarning("a transaction of several games has failed; each gets one of its own").pipe(
                  Effect.annotateLogs({ games: part.length, ...failureFields(cause) })
                )
              }
              const outcome = error === undefined ? Effect.succeedNone : Effect.fail(error)
              yield* Effect.forEach(part, (it) => Deferred.done(it.outcome, Effect.runSyncExit(outcome)), {
                discard: true
              })
            })
        })

      const work = Effect.flatMap(Queue.takeBetween(queue, 1, mostGames), (waiting) =>
        Effect.forEach(bounded(waiting), settle, { discard: true })
      )
      for (let i = 0; i < atOnce; i++) yield* Effect.forkScoped(Effect.forever(work))

      return TurnCommits.of({
        store: Effect.fnUntraced(function* (commit) {
          const outcome = yield* Deferred.make<Option.Option<RuntimeRow>, StorageError>()
          yield* Queue.offer(queue, { commit, outcome })
          const row = yield* Deferred.await(outcome)
          return Option.isSome(row) ? row.value : yield* place.withPermit(single(commit))
        })
      })
    })
  )
