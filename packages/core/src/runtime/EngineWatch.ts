/**
 * Watches the engines of games in play: whether those that run answer, and whether those that should run do. Of several
 * backends each watches those of the games that it owns, wherever they run.
 *
 * A change of health is stored, shown in the lobby and told to the operators. An engine that has ended by itself, or
 * doesn't answer, is brought up again: at once where its host tells of the end, and after growing waits where that doesn't
 * help. An engine that sleeps is none of this one's business, and neither is one that computes a turn: it answers nothing
 * meanwhile.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Option, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { EngineClient } from "../engine/EngineClient.ts"
import { EngineHost, type EngineInstance, type EngineRun } from "../engine/EngineHost.ts"
import { isStranger } from "../engine/EngineReady.ts"
import { EngineTokens } from "../engine/EngineTokens.ts"
import { runOf } from "./engineSpec.ts"
import { type HealthChange, HealthLog } from "./HealthLog.ts"
import { OperationLog } from "./OperationLog.ts"
import { RepairPauses } from "./RepairPauses.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { RuntimeEvents } from "./RuntimeEvents.ts"
import { live, type RuntimeRow, type RuntimeStatus } from "./RuntimeRow.ts"
import { type EngineRecord, RuntimeStore } from "./RuntimeStore.ts"
import { Runtimes } from "./Runtimes.ts"

/** How long after a failed probe an engine is asked once more. */
const secondAsk = "1 second"

/** The game no longer needs an engine, so that how it is says nothing any more. */
class NotLive extends Schema.TaggedError<NotLive>()("NotLive", {}) {}

/** Most engines that are brought up again at the same time. */
const repairing = 2

/** Most engines whose end is seen to at the same time. */
const endsAtOnce = 4

/** Most ends that wait; beyond that the oldest are left to the next pass. */
const mostEnds = 1_000

/** They compute a turn, or are being started: whoever is at work on them sees to them. */
const busy: ReadonlySet<RuntimeStatus> = new Set(["generation_in_progress", "starting"])

const recordOf = (row: RuntimeRow): EngineRecord => ({
  gameId: row.game_id,
  status: row.status,
  instanceId: row.current_container_id,
  hostId: row.engine_host,
  epoch: row.engine_epoch,
  endpoint: row.engine_endpoint,
  health: row.health
})

/** One that has failed isn't there, and the next one has not got up. */
const failed = (game: EngineRecord) => game.health === "unhealthy" || game.health === "removed"

/**
 * `pass` looks at all engines; it fails with `StorageError` if the games in play can't be read. `ends`, to be run, sees to
 * each engine of which a host tells that it has ended; undefined where hosts can't tell.
 */
export const parts = Effect.gen(function* () {
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
  const pauses = new RepairPauses(config.watchInterval, config.longestBackoff)
  /** Engines elsewhere that didn't answer the last time. */
  let unanswered: ReadonlySet<GameId> = new Set()

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

  const healthy = Effect.fnUntraced(function* (game: EngineRecord, instanceId: string) {
    pauses.answers(game.gameId, yield* DateTime.now)
    if (game.health !== "healthy") yield* note(game, { health: "healthy", detail: null, instanceId })
  })

  /** Asks an engine, twice if need be; null if it answers, and otherwise what is wrong. */
  const problemOf = Effect.fnUntraced(function* ({ gameId, epoch }: EngineRun, endpoint: URL) {
    const access = { endpoint, token: yield* tokens.token(gameId, epoch) }
    const ask = Effect.match(client.probe(access), {
      onFailure: (it) => ({ stranger: isStranger(it), text: it.reason }),
      onSuccess: () => null
    })
    const first = yield* ask
    if (first === null) return null
    if (first.stranger) return "the engine takes another token than the platform's"
    yield* Effect.sleep(secondAsk)
    const second = yield* ask
    return second === null ? null : `the engine doesn't answer: ${second.text}`
  })

  const repair = Effect.fnUntraced(function* (game: EngineRecord) {
    if (!pauses.may(game.gameId, yield* DateTime.now)) return
    yield* runtimes.engine(game.gameId).pipe(
      Effect.flatMap((instance) => healthy({ ...game, health: "unhealthy" }, instance.instanceId)),
      Effect.catch((error) =>
        Effect.logWarning("an engine could not be brought up again").pipe(
          Effect.annotateLogs({ game_id: game.gameId, reason: error.reason })
        )
      )
    )
    pauses.tried(game.gameId, yield* DateTime.now)
  })

  /** An engine that runs. Returns whether it needs repair. */
  const watchRunning = Effect.fnUntraced(function* (game: EngineRecord, instance: EngineInstance) {
    // The one that was noted has gone, and this one isn't known yet.
    if (game.instanceId !== instance.instanceId) return true
    const problem = yield* problemOf(instance, instance.endpoint)
    if (problem === null) {
      yield* healthy(game, instance.instanceId)
      return false
    }
    const found = yield* Effect.option(host.inspect(instance))
    // It has ended meanwhile: the next pass sees to it.
    if (Option.isSome(found) && Option.isNone(found.value)) return false
    return yield* unhealthy(game, problem, instance.instanceId)
  })

  /** Notes that it doesn't answer. Returns whether it needs repair. */
  const unhealthy = Effect.fnUntraced(function* (game: EngineRecord, detail: string, instanceId: string) {
    const row = yield* store.find(game.gameId)
    // It began to compute a turn while it was asked.
    if (Option.isSome(row) && row.value.status === "generation_in_progress") return false
    yield* note(game, { health: "unhealthy", detail, instanceId })
    return true
  })

  /**
   * An engine on a host that this backend doesn't reach, as a child process of another backend: its endpoint is asked. Of
   * one that has been put to sleep its own backend says so within a pass, so what doesn't answer is asked again first.
   */
  const watchElsewhere = Effect.fnUntraced(function* (game: EngineRecord, run: EngineRun, silent: Set<GameId>) {
    if (game.instanceId === null || game.endpoint === null) return failed(game)
    const problem = yield* problemOf(run, new URL(game.endpoint))
    if (problem === null) {
      yield* healthy(game, game.instanceId)
      return false
    }
    silent.add(game.gameId)
    return unanswered.has(game.gameId) ? yield* unhealthy(game, problem, game.instanceId) : false
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
    // An operator has it started anew: its owner has ended it, and is about to start the next one.
    const row = Option.getOrUndefined(yield* store.find(game.gameId))
    if (row !== undefined && row.engine_task !== null && row.attempt_open) return false
    if (!(yield* store.removed(game.gameId, game.instanceId ?? ""))) return false
    // It hung, and was ended when the last attempt to bring it up came to nothing.
    if (Option.isNone(end)) return failed(game)
    yield* note(game, { health: "removed", detail: end.value.reason, instanceId: game.instanceId })
    yield* Effect.ignore(operations.note(game.gameId, "lost", end.value.reason))
    return true
  })

  /** Tells the owners of games that don't own them here that their engines sleep: nobody else knows. */
  const noteSleep = (game: EngineRecord, asleep: ReadonlySet<GameId>) =>
    game.instanceId !== null && asleep.has(game.gameId)
      ? Effect.asVoid(store.removed(game.gameId, game.instanceId))
      : Effect.void

  const pass = Effect.fn("EngineWatch.pass")(function* () {
    const hosts = new Map((yield* host.hosts).map((it) => [it.hostId, it.answers]))
    const all = yield* store.engines
    const running = new Map((yield* host.list).map((it) => [`${it.gameId} ${it.epoch}`, it]))
    const asleep = yield* host.asleep
    const silent = new Set<GameId>()
    const watch = (game: EngineRecord) => {
      if (busy.has(game.status)) return Effect.succeed(false)
      const run = runOf({ game_id: game.gameId, engine_host: game.hostId, engine_epoch: game.epoch })
      const answers = run === undefined ? true : hosts.get(run.hostId)
      if (run !== undefined && answers === undefined) return watchElsewhere(game, run, silent)
      // Nothing is known of its engines: the watch of hosts sees to the games.
      if (answers === false) return Effect.succeed(false)
      const instance = running.get(`${game.gameId} ${game.epoch}`)
      if (instance !== undefined) return watchRunning(game, instance)
      if (asleep.has(game.gameId)) return Effect.succeed(false)
      return game.instanceId === null ? Effect.succeed(failed(game)) : watchMissing(game)
    }
    const games = all.filter((it) => runtimes.isOwn(it.gameId))
    pauses.only(new Set(games.map((it) => it.gameId)))
    const broken = yield* Effect.filter(games, watch, { concurrency: config.concurrency })
    unanswered = silent
    yield* Effect.forEach(broken, repair, { concurrency: repairing, discard: true })
    const others = all.filter((it) => hosts.has(it.hostId ?? "") && !runtimes.isOwn(it.gameId))
    yield* Effect.forEach(others, (it) => noteSleep(it, asleep), { discard: true })
  })

  /** The end of a run: of a game that is owned here, and still needs this very run. */
  const ended = Effect.fn("EngineWatch.ended")(function* (run: EngineRun) {
    if (!runtimes.isOwn(run.gameId)) return
    const row = Option.getOrUndefined(yield* store.find(run.gameId))
    if (row === undefined || row.engine_epoch !== run.epoch || row.engine_host !== run.hostId) return
    if (!live.includes(row.status) || busy.has(row.status)) return
    const game = recordOf(row)
    if (yield* game.instanceId === null ? Effect.succeed(failed(game)) : watchMissing(game)) yield* repair(game)
  })

  const ends =
    host.ends === undefined
      ? undefined
      : host.ends.pipe(
          Stream.buffer({ capacity: mostEnds, strategy: "sliding" }),
          Stream.mapEffect(
            (run) =>
              ended(run).pipe(
                Effect.catch((error) => Effect.logWarning("an engine's end could not be seen to", error)),
                Effect.annotateLogs({ game_id: run.gameId })
              ),
            { concurrency: endsAtOnce, unordered: true }
          )
        )

  return { pass, ends }
})

/** The pass alone. */
export const make = Effect.map(parts, ({ pass }) => pass)
