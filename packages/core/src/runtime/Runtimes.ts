/**
 * Runtimes of games. All work on one game is serialised at its one owner, however many callers ask for it.
 *
 * The owner is a cluster entity, which nothing outside this file knows. It holds no state: the work to do is in the
 * game's row.
 */
import { GameId } from "@galaxy/contract/ids/Ids"
import { Cause, Context, Duration, Effect, Layer, Option, Schema } from "effect"
import { ClusterSchema, Entity, EntityId, Sharding } from "effect/cluster"
import { Rpc } from "effect/rpc"
import { SqlClient } from "effect/sql"
import type { RuntimeEvents } from "./RuntimeEvents.ts"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { failureFields } from "../shared/failureFields.ts"
import { note } from "../shared/SideEffects.ts"
import { StorageError } from "../shared/StorageError.ts"
import type { EngineClient } from "../engine/EngineClient.ts"
import type { EngineAccess, EngineHost, EngineInstance } from "../engine/EngineHost.ts"
import { EngineTokens } from "../engine/EngineTokens.ts"
import * as EngineReady from "../engine/EngineReady.ts"
import { SharedGames } from "./cluster/SharedGames.ts"
import type { EngineHosts } from "./EngineHosts.ts"
import * as GameWork from "./GameWork.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { EngineUnreachable } from "../engine/EngineError.ts"
import { EngineSettings } from "../engine/EngineSettings.ts"
import { GameNotRunning, RuntimeNotFound, TurnPassed } from "./RuntimeError.ts"
import type { OperationLog } from "./OperationLog.ts"
import type { RuntimeRow, RuntimeStatus } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import type { SeatOrders } from "./SeatOrders.ts"
import type { TurnCommits } from "./TurnCommits.ts"
import type { StateVault } from "./vault/StateVault.ts"

/**
 * Work on games in play, for the scheduler, in-game calls and operators. Work on one game never overlaps, and a caller
 * who stops waiting doesn't interrupt it.
 */
export class Runtimes extends Context.Service<
  Runtimes,
  {
    /** The game's row. Fails with `RuntimeNotFound` for a game that was never started. */
    get(gameId: GameId): Effect.Effect<RuntimeRow, RuntimeNotFound | StorageError>
    /** The same, with the row locked to the end of the caller's transaction. */
    lock(gameId: GameId): Effect.Effect<RuntimeRow, RuntimeNotFound | StorageError>
    /** Does what the game's row says is due, once its engine has a place. Returns false if it has to be called again after a while. Never fails. */
    reconcile(gameId: GameId): Effect.Effect<boolean>
    /** Whether this process owns the game at the moment, as far as it knows: then it needn't wait for others to work on it. */
    isOwn(gameId: GameId): boolean
    /** Makes sure that the game's engine runs, waits until it can serve, and says how to call it. */
    engine(gameId: GameId): Effect.Effect<EngineInstance & EngineAccess, EngineUnreachable>
    /**
     * Asks for one turn at once, in place of the next scheduled one; a turn that has failed is tried again. With `expectedTurn`, the newest turn that the
     * caller knows of as made, the call is idempotent: repeated ones make one turn, and fail with `TurnPassed`
     * afterwards.
     */
    forceNextTurn(
      gameId: GameId,
      expectedTurn?: number
    ): Effect.Effect<RuntimeRow, RuntimeNotFound | GameNotRunning | TurnPassed | StorageError>
  }
>()("@galaxy/core/runtime/Runtimes") {}

const Engine = Schema.Struct({
  hostId: Schema.String,
  epoch: Schema.Int,
  instanceId: Schema.String,
  endpoint: Schema.URLFromString
})

const Game = Entity.make("galaxy/Game", [
  Rpc.make("reconcile", { success: Schema.Boolean }),
  Rpc.make("engine", { success: Engine, error: EngineUnreachable })
  // A caller who stops waiting must not interrupt work that others wait for as well.
]).annotateRpcs(ClusterSchema.Uninterruptible, "client")

const owners = Layer.unwrap(
  Effect.gen(function* () {
    const { ownerIdleTime } = yield* RuntimeConfig
    const worker = yield* GameWork.make
    return Game.toLayer(
      Effect.gen(function* () {
        const { entityId } = yield* Entity.CurrentAddress
        const work = yield* worker(GameId.make(entityId))
        return Game.of({ reconcile: () => work.reconcile, engine: () => work.engine })
      }),
      // The worker lets only such calls overlap as do no harm to each other.
      { maxIdleTime: ownerIdleTime, disableFatalDefects: true, concurrency: "unbounded" }
    )
  })
)

/**
 * Retries a call that was cut off because its owner was just being ended as idle. To the caller that looks like an
 * interruption, although nobody interrupted it. The calls are idempotent, and the next one gets a new owner.
 */
const reached = <A, E, R>(call: Effect.Effect<A, E, R>, again = 5): Effect.Effect<A, E, R> =>
  Effect.catchCause(call, (cause) =>
    again > 0 && Cause.hasInterruptsOnly(cause) ? reached(call, again - 1) : Effect.failCause(cause)
  )

/** States in which a turn may be forced. */
const forceable: ReadonlySet<RuntimeStatus> = new Set(["running", "generation_in_progress", "generation_failed"])

const unreached = (cause: Cause.Cause<unknown>) =>
  Effect.annotateLogs(Effect.logError("a game's owner can't be reached"), failureFields(cause))

/** Longest wait for an owner, beside what an engine may take: it may be at other work, or lost and replaced by another. */
const besideEngine = Duration.minutes(3)

const service = Layer.effect(
  Runtimes,
  Effect.gen(function* () {
    const { engineReadyTimeout, turnTimeout } = yield* EngineSettings
    // While no backend can own the game, a call would wait for ever.
    const longest = Duration.sum(
      besideEngine,
      Duration.sum(Duration.fromInputUnsafe(engineReadyTimeout), Duration.fromInputUnsafe(turnTimeout))
    )
    const sql = yield* SqlClient.SqlClient
    const store = yield* RuntimeStore
    const signal = yield* DatabaseSignal
    const tokens = yield* EngineTokens
    const client = yield* Game.client

    const get = Effect.fn("Runtimes.get")(function* (gameId: GameId) {
      const row = yield* store.find(gameId)
      return Option.isNone(row) ? yield* new RuntimeNotFound() : row.value
    })

    const lock = Effect.fn("Runtimes.lock")(function* (gameId: GameId) {
      const row = yield* store.lock(gameId)
      return Option.isNone(row) ? yield* new RuntimeNotFound() : row.value
    })

    const reconcile = Effect.fn("Runtimes.reconcile")((gameId: GameId) =>
      Effect.catchCause(Effect.timeout(reached(client(gameId).reconcile()), longest), (cause) =>
        Effect.as(unreached(cause), false)
      )
    )

    const engine = Effect.fn("Runtimes.engine")((gameId: GameId) =>
      Effect.matchCauseEffect(Effect.timeout(reached(client(gameId).engine()), longest), {
        onFailure: (cause) => {
          const error = Cause.squash(cause)
          return error instanceof EngineUnreachable
            ? Effect.fail(error)
            : Effect.andThen(
                unreached(cause),
                Effect.fail(new EngineUnreachable({ reason: "the game's owner can't be reached" }))
              )
        },
        // Computed here: owners on other machines send none.
        onSuccess: (it) =>
          Effect.matchEffect(tokens.token(gameId, it.epoch), {
            onFailure: () => Effect.fail(new EngineUnreachable({ reason: "storage" })),
            onSuccess: (token) => Effect.succeed({ gameId, ...it, token })
          })
      })
    )

    const forceNextTurn = Effect.fn("Runtimes.forceNextTurn")(function* (gameId: GameId, expectedTurn?: number) {
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          const row = yield* lock(gameId)
          const { status, current_turn: current, paused } = row
          if (!forceable.has(status)) return yield* new GameNotRunning({ status })
          if (paused) return yield* new GameNotRunning({ status: "paused" })
          if (expectedTurn !== undefined) {
            if (expectedTurn !== current) return yield* new TurnPassed({ expected: expectedTurn, current })
            // The turn they ask for is being made already.
            if (status === "generation_in_progress") return row
          }
          yield* store.force(gameId)
          yield* note({ kind: "engine", what: "turn" })
          yield* signal.send("galaxy_runtime")
          return yield* get(gameId)
        })
      )
    }, StorageError.refail)

    const shared = yield* SharedGames
    const sharding = yield* Sharding.Sharding
    const isOwn = (gameId: GameId) => {
      const entity = EntityId.make(gameId)
      return !shared || sharding.hasShardId(sharding.getShardId(entity, Game.getShardGroup(entity)))
    }

    return Runtimes.of({ get, lock, reconcile, isOwn, engine, forceNextTurn })
  })
)

/** `Runtimes`, with the owners of games as entities of the given `Sharding`. */
export const layer: Layer.Layer<
  Runtimes,
  never,
  | Sharding.Sharding
  | SqlClient.SqlClient
  | DatabaseSignal
  | RuntimeStore
  | SeatOrders
  | OperationLog
  | RuntimeEvents
  | RuntimeConfig
  | EngineSettings
  | EngineHost
  | EngineTokens
  | EngineHosts
  | EngineClient
  | TurnCommits
  | StateVault
> = service.pipe(Layer.provideMerge(owners), Layer.provide(EngineReady.layer))
