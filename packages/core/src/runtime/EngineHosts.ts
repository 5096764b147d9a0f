/**
 * The hosts on which engines run: what each says of itself, when it was last heard of, and whether it is to be emptied.
 *
 * How long a host has been silent is known to each backend by itself. A backend that can't reach a host can't work on the
 * games there, whatever others see; and a game that is placed elsewhere too early is only moved, since its epoch rises.
 */
import { Clock, Context, DateTime, Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { EngineHost, type EngineHostStatus } from "../engine/EngineHost.ts"
import { note } from "../shared/SideEffects.ts"
import { StorageError } from "../shared/StorageError.ts"
import { live } from "./RuntimeRow.ts"

/** After so long without an answer a host is given up, and its games are placed anew. */
const givenUpAfter = Duration.seconds(10)

/** What keeps a host from being used that only rows name. */
const unknownHere = "it is not in the settings of the backend that says so"

/** A host, as this backend sees it. */
export interface HostState extends EngineHostStatus {
  /** Its games are placed elsewhere, and no other is placed on it. */
  readonly draining: boolean
  /** It has been silent for too long to be waited for. */
  readonly givenUp: boolean
}

/** A host, as operators see it. */
export interface HostRecord extends HostState {
  /** It is one of this backend's. */
  readonly inSettings: boolean
  /** Games in play whose engine runs there, or ran there last. */
  readonly games: number
  /** Those of them whose state is there alone. */
  readonly bound: number
  /** When any backend last heard of it; none where there is one host only, and of one that was never heard of. */
  readonly seenAt: Option.Option<DateTime.Utc>
}

/** There is no such host, neither now nor in the games' rows. */
export class EngineHostUnknown extends Schema.TaggedError<EngineHostUnknown>()("EngineHostUnknown", {
  hostId: Schema.String
}) {}

/** The host can't be forgotten: it is one of this backend's, or games are on it still. */
export class EngineHostInUse extends Schema.TaggedError<EngineHostInUse>()("EngineHostInUse", {
  hostId: Schema.String,
  /** Games in play that are on it. */
  games: Schema.Int
}) {}

/** Whether a host is to be emptied. */
export interface HostMark {
  readonly host_id: string
  readonly draining: boolean
}

/** Looks at hosts and empties them. Fails with `StorageError`. */
export class EngineHosts extends Context.Service<
  EngineHosts,
  {
    /** All hosts, in the order of the port, and when they were heard of: to be called often where there are several. */
    readonly look: Effect.Effect<ReadonlyArray<HostState>, StorageError>
    /** The same for operators, with those that are named in rows alone. */
    readonly list: Effect.Effect<ReadonlyArray<HostRecord>, StorageError>
    /** Games in play by the host that they are on. */
    readonly loads: Effect.Effect<ReadonlyMap<string, number>, StorageError>
    /** Has a host emptied, or takes that back. Idempotent. */
    drain(hostId: string, draining: boolean): Effect.Effect<HostRecord, EngineHostUnknown | StorageError>
    /** What is noted of the host, if anything is; locked until the transaction around it ends. */
    mark(hostId: string): Effect.Effect<HostMark | null, StorageError>
    /** Removes what is noted of a host that is gone for good, and returns what that was. */
    forget(hostId: string): Effect.Effect<HostRecord, EngineHostUnknown | EngineHostInUse | StorageError>
  }
>()("@galaxy/core/runtime/EngineHosts") {}

const HostRow = Schema.Struct({
  host_id: Schema.String,
  draining: Schema.Boolean,
  seen_at: Schema.NullOr(Schema.DateTimeUtcFromDate)
})
const LoadRow = Schema.Struct({ engine_host: Schema.String, games: Schema.Int, bound: Schema.Int })

/** `EngineHosts` over the port and PostgreSQL. */
export const layer: Layer.Layer<EngineHosts, never, EngineHost | SqlClient.SqlClient> = Layer.effect(
  EngineHosts,
  Effect.gen(function* () {
    const host = yield* EngineHost
    const sql = yield* SqlClient.SqlClient
    const begun = yield* Clock.currentTimeMillis
    /** When each host was last heard of, in milliseconds of the clock. */
    const heard = new Map<string, number>()

    const rows = Effect.map(
      Effect.flatMap(
        sql`SELECT host_id, draining, seen_at FROM backend.engine_hosts ORDER BY host_id`,
        Schema.decodeUnknownEffect(Schema.Array(HostRow))
      ),
      (all) => new Map(all.map((it) => [it.host_id, it]))
    )

    const state = (status: EngineHostStatus, draining: boolean, now: number): HostState => {
      if (status.answers) heard.set(status.hostId, now)
      else if (status.silentFor !== undefined) heard.set(status.hostId, now - status.silentFor)
      const silent = now - (heard.get(status.hostId) ?? begun)
      return { ...status, draining, givenUp: !status.answers && silent >= Duration.toMillis(givenUpAfter) }
    }

    const look = Effect.gen(function* () {
      const found = yield* host.hosts
      const now = yield* Clock.currentTimeMillis
      // A single host isn't emptied into another one.
      const known = found.length > 1 ? yield* rows : new Map<string, typeof HostRow.Type>()
      return found.map((it) => state(it, known.get(it.hostId)?.draining === true, now))
    }).pipe(StorageError.refail, Effect.withSpan("EngineHosts.look"))

    const counts = Effect.map(
      Effect.flatMap(
        sql`
          SELECT engine_host, count(*)::int AS games,
            (count(*) FILTER (WHERE started_at IS NOT NULL AND NOT state_in_database))::int AS bound
          FROM backend.runtime_records
          WHERE engine_host IS NOT NULL AND ${sql.in("status", live)} GROUP BY engine_host`,
        Schema.decodeUnknownEffect(Schema.Array(LoadRow))
      ),
      (all) => new Map(all.map((it) => [it.engine_host, it]))
    ).pipe(StorageError.refail)

    const loads = Effect.map(counts, (all) => new Map([...all].map(([hostId, { games }]) => [hostId, games])))

    const list = Effect.gen(function* () {
      const [found, known, games] = yield* Effect.all([host.hosts, rows, counts])
      const now = yield* Clock.currentTimeMillis
      const here = new Set(found.map((it) => it.hostId))
      const others = [...new Set([...known.keys(), ...games.keys()])].filter((it) => !here.has(it)).toSorted()
      const all = [
        ...found,
        ...others.map((hostId): EngineHostStatus => ({ hostId, answers: false, trouble: unknownHere }))
      ]
      return all.map((it): HostRecord => {
        const row = known.get(it.hostId)
        return {
          ...state(it, row?.draining === true, now),
          inSettings: here.has(it.hostId),
          games: games.get(it.hostId)?.games ?? 0,
          bound: games.get(it.hostId)?.bound ?? 0,
          seenAt: Option.fromNullishOr(row?.seen_at)
        }
      })
    }).pipe(StorageError.refail, Effect.withSpan("EngineHosts.list"))

    const drain = Effect.fn("EngineHosts.drain")(function* (hostId: string, draining: boolean) {
      const all = yield* list
      const found = all.find((it) => it.hostId === hostId)
      if (found === undefined) return yield* new EngineHostUnknown({ hostId })
      const moving = found.games - found.bound
      const others = all.filter((it) => it.hostId !== hostId && it.answers && !it.draining)
      if (draining && !found.draining && others.length > 0 && moving > 0)
        yield* note({ kind: "engine", what: "move" }, moving)
      yield* StorageError.refail(sql`
        INSERT INTO backend.engine_hosts (host_id, draining) VALUES (${hostId}, ${draining})
        ON CONFLICT (host_id) DO UPDATE SET draining = EXCLUDED.draining`)
      return { ...found, draining }
    })

    const mark = Effect.fnUntraced(function* (hostId: string) {
      const found = yield* sql<HostMark>`
        SELECT host_id, draining FROM backend.engine_hosts WHERE host_id = ${hostId} FOR UPDATE`
      return found[0] ?? null
    }, StorageError.refail)

    const forget = Effect.fn("EngineHosts.forget")(function* (hostId: string) {
      const found = (yield* list).find((it) => it.hostId === hostId)
      if (found === undefined) return yield* new EngineHostUnknown({ hostId })
      const own = (yield* host.hosts).some((it) => it.hostId === hostId)
      if (own || found.games > 0) return yield* new EngineHostInUse({ hostId, games: found.games })
      yield* StorageError.refail(sql`DELETE FROM backend.engine_hosts WHERE host_id = ${hostId}`)
      return found
    })

    return EngineHosts.of({ look, list, loads, drain, mark, forget })
  })
)

/** Notes in the database when the hosts were heard of, for operators: which of them this backend hears. */
export const noteSeen = (hosts: ReadonlyArray<HostState>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const answering = hosts.filter((it) => it.answers).map((it) => it.hostId)
    if (hosts.length < 2 || answering.length === 0) return
    const now = yield* DateTime.nowAsDate
    yield* sql`
      INSERT INTO backend.engine_hosts (host_id, seen_at)
      SELECT value, ${now}::timestamptz FROM jsonb_array_elements_text(${JSON.stringify(answering)}::text::jsonb)
      ON CONFLICT (host_id) DO UPDATE SET seen_at = EXCLUDED.seen_at`
  }).pipe(StorageError.refail)
