/**
 * Watches the engines of games in play: whether those that run answer, and whether those that should run do.
 *
 * A change of health is stored, shown in the lobby and told to the operators. An engine that has ended by itself, or
 * doesn't answer, is brought up again. An engine that sleeps is none of this one's business, and neither is one that
 * computes a turn: it answers nothing meanwhile.
 */
import { Effect, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { EngineClient } from "../engine/EngineClient.ts"
import { EngineHost, type EngineInstance } from "../engine/EngineHost.ts"
import { EngineTokens } from "../engine/EngineTokens.ts"
import { runOf } from "./engineSpec.ts"
import { type HealthChange, HealthLog } from "./HealthLog.ts"
import { OperationLog } from "./OperationLog.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { RuntimeEvents } from "./RuntimeEvents.ts"
import { live } from "./RuntimeRow.ts"
import { type EngineRecord, RuntimeStore } from "./RuntimeStore.ts"
import { Runtimes } from "./Runtimes.ts"

/** How long after a failed probe an engine is asked once more. */
const secondAsk = "1 second"

/** The game no longer needs an engine, so that how it is says nothing any more. */
class NotLive extends Schema.TaggedError<NotLive>()("NotLive", {}) {}

/** Most engines that are brought up again at the same time. */
const repairing = 2

/** The pass of the watch. Fails with `StorageError` if the games in play can't be read. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* RuntimeStore
  const log = yield* HealthLog
  const operations = yield* OperationLog
  const events = yield* RuntimeEvents
  const runtimes = yield* Runtimes
  const host = yield* EngineHost
  const tokens = yield* EngineTokens
  const client = yield* EngineClient
  const config = yield* RuntimeConfig

  const note = (game: EngineRecord, change: HealthChange) =>
    sql
      .withTransaction(
        Effect.gen(function* () {
          // Locks the game's row first, as every transaction about a game does.
          yield* events.onHealth({
            gameId: game.gameId,
            runtimeStatus: change.health === "healthy" ? game.status : "engine_unreachable"
          })
          // Asking and repairing take their time: what was read before may no longer hold.
          const status = Option.getOrUndefined(yield* store.find(game.gameId))?.status
          if (status === undefined || !live.includes(status)) return yield* new NotLive()
          if (change.health === "healthy" && status !== game.status) {
            yield* events.onHealth({ gameId: game.gameId, runtimeStatus: status })
          }
          const snapshot = yield* log.change(game.gameId, change)
          if (snapshot === undefined || change.detail === null || change.health === "healthy") return
          yield* events.onTrouble({
            gameId: game.gameId,
            what: "engine_unhealthy",
            detail: change.detail,
            ref: snapshot
          })
        })
      )
      .pipe(
        Effect.catchTag(["GameGone", "NotLive"], () => Effect.void),
        Effect.catchCause((cause) => Effect.logWarning("an engine's health could not be stored", cause)),
        Effect.annotateLogs({ game_id: game.gameId })
      )

  const healthy = (game: EngineRecord, instanceId: string) =>
    game.health === "healthy" ? Effect.void : note(game, { health: "healthy", detail: null, instanceId })

  /** Asks an engine, twice if need be. Undefined for one that has ended meanwhile: the next pass sees to it. */
  const probe = (instance: EngineInstance) =>
    Effect.gen(function* () {
      const access = { endpoint: instance.endpoint, token: yield* tokens.token(instance.gameId, instance.epoch) }
      const ask = Effect.match(client.health(access), { onFailure: (it) => it.reason, onSuccess: () => null })
      if ((yield* ask) === null) return { problem: null }
      yield* Effect.sleep(secondAsk)
      const problem = yield* ask
      const found = yield* Effect.option(host.inspect(instance))
      const ended = Option.isSome(found) && Option.isNone(found.value)
      return ended && problem !== null ? undefined : { problem }
    })

  const repair = (game: EngineRecord) =>
    runtimes.engine(game.gameId).pipe(
      Effect.flatMap((instance) => healthy({ ...game, health: "unhealthy" }, instance.instanceId)),
      Effect.catch((error) =>
        Effect.logWarning("an engine could not be brought up again").pipe(
          Effect.annotateLogs({ game_id: game.gameId, reason: error.reason })
        )
      )
    )

  /** An engine that runs. Returns whether it needs repair. */
  const watchRunning = Effect.fnUntraced(function* (game: EngineRecord, instance: EngineInstance) {
    // The one that was noted has gone, and this one isn't known yet.
    if (game.instanceId !== instance.instanceId) return true
    const answer = yield* probe(instance)
    if (answer === undefined) return false
    if (answer.problem === null) {
      yield* healthy(game, instance.instanceId)
      return false
    }
    const row = yield* store.find(game.gameId)
    // It began to compute a turn while it was asked.
    if (Option.isSome(row) && row.value.status === "generation_in_progress") return false
    const detail = `the engine doesn't answer: ${answer.problem}`
    yield* note(game, { health: "unhealthy", detail, instanceId: instance.instanceId })
    return true
  })

  /** One that doesn't run, though it was noted. Returns whether it is to be brought up again. */
  const watchMissing = Effect.fnUntraced(function* (game: EngineRecord) {
    const run = runOf({ game_id: game.gameId, engine_host: game.hostId, engine_epoch: game.epoch })
    const end = run === undefined ? Option.none() : yield* host.ended(run)
    if (run !== undefined) {
      const found = yield* Effect.option(host.inspect(run))
      // A host that doesn't answer knows of no end.
      if (Option.isNone(found) || Option.isSome(found.value)) return false
    }
    if (!(yield* store.removed(game.gameId, game.instanceId ?? ""))) return false
    // It hung, and was ended when the last attempt to bring it up came to nothing.
    if (Option.isNone(end)) return game.health === "unhealthy"
    yield* note(game, { health: "removed", detail: end.value.reason, instanceId: game.instanceId })
    yield* Effect.ignore(operations.note(game.gameId, "lost", end.value.reason))
    return true
  })

  return Effect.fn("EngineWatch.pass")(function* () {
    const reached = new Set((yield* host.hosts).map((it) => it.hostId))
    // Engines on other hosts are watched by the backends that reach these.
    const games = (yield* store.engines).filter((it) => it.hostId === null || reached.has(it.hostId))
    const running = new Map((yield* host.list).map((it) => [`${it.gameId} ${it.epoch}`, it]))
    const asleep = yield* host.asleep
    const watch = (game: EngineRecord) => {
      const instance = running.get(`${game.gameId} ${game.epoch}`)
      if (game.status === "generation_in_progress" || game.status === "starting") return Effect.succeed(false)
      if (instance !== undefined) return watchRunning(game, instance)
      if (asleep.has(game.gameId)) return Effect.succeed(false)
      // One that hung was ended, and the next one has not got up.
      return game.instanceId === null ? Effect.succeed(game.health === "unhealthy") : watchMissing(game)
    }
    const broken = yield* Effect.filter(games, watch, { concurrency: config.concurrency })
    yield* Effect.forEach(broken, repair, { concurrency: repairing, discard: true })
  })
})
