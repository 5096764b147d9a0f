/**
 * How the backend is doing, for operators: versions, workers, outboxes, games in play.
 *
 * It reads across the modules' tables with statements whose cost is bounded: counts end at a limit, and minima come from
 * an index. Whether the database takes writes is found out by writing; the relay is greeted and sent nothing, and no
 * engine is started.
 */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import * as ApiError from "@galaxy/contract/api/ApiError"
import { GameId } from "@galaxy/contract/ids/Ids"
import { release } from "@galaxy/contract/release"
import { DateTime, Effect, Option, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { SqlClient } from "effect/sql"
import { EngineHost } from "../engine/EngineHost.ts"
import { type EngineVersion, EngineVersions } from "../engine/EngineVersions.ts"
import { Backends } from "../runtime/Backends.ts"
import { EngineHosts } from "../runtime/EngineHosts.ts"
import { view as hostView } from "../runtime/http/adminHosts.ts"
import { live } from "../runtime/RuntimeRow.ts"
import { MailTransport } from "../mail/MailTransport.ts"
import { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import * as DatabaseFacts from "./DatabaseFacts.ts"
import { Disks } from "../shared/Disks.ts"
import { toApi } from "../shared/http/errors.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as WriteProbe from "../shared/WriteProbe.ts"
import { mostSilent } from "./engineFindings.ts"
import { findings } from "./findings.ts"

/** Where counting ends. */
const most = 10_000

/** How long the database is waited for. */
const patience = "5 seconds"

/** How long the relay, all that is asked of the engine host, and the disks are waited for. */
const outsidePatience = "3 seconds"

/** What is said of an engine host that doesn't answer. */
const silent = { state: "problem", reason: "no answer in time" } as const

/** However many ask, the relay is greeted this often at most. */
const keepFor = "5 seconds"

/** Enabled versions whose images are looked for. */
const mostImages = 50

const counted = {
  pending: "mail_deliveries WHERE status IN ('pending', 'sending', 'retrying')",
  dead_lettered: "mail_deliveries WHERE status = 'dead_lettered'",
  dead_letters: "notification_dead_letters",
  malformed: "notification_malformed_intents",
  account_ends_open: "account_ends WHERE next_attempt_at IS NOT NULL"
} as const

const Numbers = Schema.Struct({
  oldest_mail: Schema.NullOr(Schema.DateTimeUtcFromDate),
  oldest_turn: Schema.NullOr(Schema.DateTimeUtcFromDate),
  pending: Schema.Int,
  dead_lettered: Schema.Int,
  dead_letters: Schema.Int,
  malformed: Schema.Int,
  account_ends_open: Schema.Int
})

const Statuses = Schema.Array(Schema.Struct({ status: Schema.String, games: Schema.Int }))

const SilentEngines = Schema.Array(
  Schema.Struct({ game_id: GameId, computing: Schema.Boolean, since: Schema.NullOr(Schema.DateTimeUtcFromDate) })
)

const counts = Object.entries(counted)
  .map(
    ([name, rows]) => `(SELECT count(*)::int FROM (SELECT 1 FROM backend.${rows} LIMIT ${most}) AS counted) AS ${name}`
  )
  .join(", ")

type State = { readonly state: "ok" | "problem" | "unknown"; readonly reason?: string }

const unknown: State = { state: "unknown" }

/** What a port says of itself: `undefined` is fine; one that doesn't answer in time is a problem too. */
const stateOf = (trouble: Effect.Effect<string | undefined> | undefined): Effect.Effect<State> =>
  trouble === undefined
    ? Effect.succeed(unknown)
    : trouble.pipe(
        Effect.timeoutOption(outsidePatience),
        Effect.map(Option.getOrElse((): string | undefined => silent.reason)),
        Effect.catchCause(() => Effect.succeed("the check failed")),
        Effect.map((reason): State => (reason === undefined ? { state: "ok" } : { state: "problem", reason }))
      )

/** Handlers of `AdminApi`'s group `adminDiagnostics`. */
export const diagnostics = HttpApiBuilder.group(
  AdminApi,
  "adminDiagnostics",
  Effect.fnUntraced(function* (handlers) {
    const sql = yield* SqlClient.SqlClient
    const loops = yield* BackgroundLoops
    const mail = yield* MailTransport
    const host = yield* EngineHost
    const versions = yield* EngineVersions
    const hosts = yield* EngineHosts
    const backends = yield* Backends
    const writeProbe = yield* WriteProbe.make
    const relay = yield* Effect.cachedWithTTL(
      stateOf(
        mail.check?.pipe(
          Effect.as(undefined),
          Effect.catch(({ reason }) => Effect.succeed(reason))
        )
      ),
      keepFor
    )

    const numbersAt = Effect.fnUntraced(function* (at: Date) {
      const [numbers] = yield* Schema.decodeUnknownEffect(Schema.NonEmptyArray(Numbers))(
        yield* sql`
          SELECT
            (SELECT min(next_attempt_at) FROM backend.mail_deliveries
              WHERE status IN ('pending', 'sending', 'retrying') AND next_attempt_at <= ${at}) AS oldest_mail,
            (SELECT min(next_turn_at) FROM backend.runtime_records
              WHERE status = 'running' AND NOT paused AND next_turn_at <= ${at}) AS oldest_turn,
            ${sql.literal(counts)}`
      )
      return numbers
    })

    const runtimesByStatus = Effect.flatMap(
      sql`SELECT status, count(*)::int AS games FROM backend.runtime_records GROUP BY status ORDER BY status`,
      Schema.decodeUnknownEffect(Statuses)
    )

    const silentEngines = Effect.map(
      Effect.flatMap(
        sql`
          SELECT game_id, NOT hangs AS computing, CASE WHEN hangs THEN health_since ELSE generating_since END AS since
          FROM backend.runtime_records r
          CROSS JOIN LATERAL (
            -- What was noted before its last work says nothing of it any more.
            SELECT r.health = 'unhealthy' AND (r.last_observed_at > r.health_since) IS NOT TRUE AS hangs) AS seen
          WHERE ${sql.in("status", live)}
            AND (hangs OR (status = 'generation_in_progress' AND generating_since IS NOT NULL))
          ORDER BY computing, since NULLS LAST, game_id LIMIT ${mostSilent}::int`,
        Schema.decodeUnknownEffect(SilentEngines)
      ),
      (rows) => rows.map(({ since, ...it }) => ({ ...it, ...(since === null ? {} : { since }) }))
    )

    // Each part has one bound around all of its questions, so that none takes the time of the answer as a whole.
    const engineHost = Effect.all(
      [
        stateOf(host.trouble),
        Effect.timeoutOption(
          Effect.map(host.list, (it) => it.length),
          outsidePatience
        ),
        Effect.timeoutOption(
          Effect.map(host.asleep, (it) => it.size),
          outsidePatience
        )
      ],
      { concurrency: "unbounded" }
    ).pipe(
      Effect.map(([state, running, asleep]) => ({
        ...(Option.isSome(running) && Option.isSome(asleep) ? state : { ...silent }),
        running: Option.getOrElse(running, () => 0),
        asleep: Option.getOrElse(asleep, () => 0)
      }))
    )

    /** Those that weren't asked in time aren't known. */
    const imagesOf = (all: ReadonlyArray<EngineVersion>) => {
      const asked = all.filter((it) => it.enabled).slice(0, mostImages)
      const known = new Map<string, State>()
      return Effect.forEach(
        asked,
        ({ version, image_ref }) => Effect.map(stateOf(host.imageTrouble?.(image_ref)), (it) => known.set(version, it)),
        { concurrency: 8, discard: true }
      ).pipe(
        Effect.timeoutOption(outsidePatience),
        Effect.map(() =>
          asked.map(({ version, image_ref }) => ({ version, image_ref, ...(known.get(version) ?? unknown) }))
        )
      )
    }

    const disks = Effect.flatten(Effect.service(Disks)).pipe(
      Effect.timeoutOption(outsidePatience),
      Effect.map(Option.getOrElse(() => []))
    )

    const read = Effect.fn("diagnostics")(function* () {
      const now = yield* DateTime.now
      const stored = toApi(
        StorageError.refail(
          Effect.all(
            {
              database: Effect.provideService(DatabaseFacts.read, SqlClient.SqlClient, sql),
              trouble: writeProbe,
              numbers: numbersAt(DateTime.toDateUtc(now)),
              runtimes: runtimesByStatus,
              silent: silentEngines,
              backends: backends.list,
              versions: versions.list
            },
            { concurrency: "unbounded" }
          )
        )
      ).pipe(
        Effect.timeoutOrElse({
          duration: patience,
          orElse: () =>
            Effect.fail(ApiError.make("service_unavailable", "the database takes too long to answer; try again later"))
        })
      )
      const withImages = Effect.flatMap(stored, ({ versions, ...kept }) =>
        Effect.map(imagesOf(versions), (engine_images) => ({ ...kept, engine_images }))
      )
      const hostList = toApi(hosts.list).pipe(
        Effect.timeoutOption(outsidePatience),
        Effect.map(Option.getOrElse(() => []))
      )
      const outside = Effect.all(
        { relay, engine_host: engineHost, hosts: hostList, disks },
        { concurrency: "unbounded" }
      )
      const [kept, around] = yield* Effect.all([withImages, outside], { concurrency: "unbounded" })
      const found = { ...kept, ...around }
      const { trouble, numbers } = found
      const facts = {
        at: now,
        release,
        database: {
          ...found.database,
          writable: trouble === undefined,
          ...(trouble === undefined ? {} : { trouble })
        },
        workers: yield* loops.progress,
        mail: {
          pending: numbers.pending,
          ...(numbers.oldest_mail === null ? {} : { oldest_due_at: numbers.oldest_mail }),
          dead_lettered: numbers.dead_lettered,
          relay: found.relay
        },
        engine_host: found.engine_host,
        engine_hosts: found.hosts.map(hostView),
        engine_images: found.engine_images,
        silent_engines: found.silent,
        disks: found.disks,
        backends: found.backends,
        notifications: { dead_letters: numbers.dead_letters, malformed: numbers.malformed },
        account_ends_open: numbers.account_ends_open,
        runtimes: found.runtimes,
        ...(numbers.oldest_turn === null ? {} : { oldest_due_turn_at: numbers.oldest_turn })
      }
      return { ...facts, findings: findings(facts) }
    })

    return handlers.handle("get", read)
  })
)
