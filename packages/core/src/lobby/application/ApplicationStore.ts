/** The rows of `applications`, each with the name of its game. */
import { ApplicationStatus } from "@galaxy/contract/api/UserApplications"
import { ApplicationId, GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, type SqlError, SqlSchema } from "effect/sql"
import type { PagePosition } from "../../shared/Page.ts"
import { type Present, withoutNulls } from "../../shared/rows.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { textLock } from "../../shared/textLock.ts"

const ApplicationRow = Schema.Struct({
  application_id: ApplicationId,
  game_id: GameId,
  game_name: Schema.String,
  applicant_user_id: UserId,
  race_name: Schema.String,
  status: ApplicationStatus,
  created_at: Schema.DateTimeUtcFromDate,
  decided_at: Schema.NullOr(Schema.DateTimeUtcFromDate)
})

/** An application as the wire shows it. */
export type Application = Present<typeof ApplicationRow.Type>

/** The columns of a new application. */
export interface NewApplication {
  readonly application_id: ApplicationId
  readonly game_id: GameId
  readonly applicant_user_id: UserId
  readonly race_name: string
}

/**
 * Reads and writes applications. Knows no permissions: callers check them, with the game's row locked. Fails with
 * `StorageError` only.
 */
export class ApplicationStore extends Context.Service<
  ApplicationStore,
  {
    /** Stores a new application as pending. */
    insert(application: NewApplication): Effect.Effect<Application, StorageError>
    /** One application of the game. The game's row lock keeps it as it was read. */
    find(gameId: GameId, applicationId: ApplicationId): Effect.Effect<Option.Option<Application>, StorageError>
    /** Records how a pending application was decided, and when. */
    settle(applicationId: ApplicationId, status: "approved" | "rejected"): Effect.Effect<Application, StorageError>
    /** Rejects the game's pending applications, and returns them in the order of their users. */
    rejectPending(gameId: GameId): Effect.Effect<ReadonlyArray<Application>, StorageError>
    /** Rejects the user's pending application to the game, and returns it; none if there is none. */
    rejectOf(gameId: GameId, userId: UserId): Effect.Effect<Option.Option<Application>, StorageError>
    /** Whether the user has a pending application to the game. */
    pendingFor(gameId: GameId, userId: UserId): Effect.Effect<boolean, StorageError>
    /**
     * Counts the user's pending applications to all games. Locks the user's applications to the end of the transaction,
     * so that two made at once both count.
     */
    countPending(userId: UserId): Effect.Effect<number, StorageError>
    /** Counts the game's pending applications. The game's row lock keeps the count true. */
    countPendingTo(gameId: GameId): Effect.Effect<number, StorageError>
    /** The user's applications, newest first. */
    listOf(userId: UserId, after: PagePosition, limit: number): Effect.Effect<ReadonlyArray<Application>, StorageError>
    /** The game's applications in one status, or in any, newest first. */
    listOfGame(
      gameId: GameId,
      status: typeof ApplicationStatus.Type | undefined,
      after: PagePosition,
      limit: number
    ): Effect.Effect<ReadonlyArray<Application>, StorageError>
  }
>()("@galaxy/core/lobby/application/ApplicationStore") {}

/** `ApplicationStore` over PostgreSQL. */
export const layer: Layer.Layer<ApplicationStore, never, SqlClient.SqlClient> = Layer.effect(
  ApplicationStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const columns = sql.literal(`
      p.application_id, p.game_id, (SELECT g.game_name FROM backend.games g WHERE g.game_id = p.game_id) AS game_name,
      p.applicant_user_id, p.race_name, p.status, p.created_at, p.decided_at`)

    const decode = Schema.decodeUnknownEffect(Schema.Array(ApplicationRow))
    type Rows = Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>
    const all = (rows: Rows) => Effect.map(Effect.flatMap(rows, decode), (found) => found.map((it) => withoutNulls(it)))
    const one = (rows: Rows) =>
      Effect.flatMap(all(rows), ([row]) =>
        row === undefined ? Effect.die(new Error("the application's row has disappeared")) : Effect.succeed(row)
      )

    const find = SqlSchema.findOneOption({
      Request: Schema.Struct({ gameId: GameId, applicationId: ApplicationId }),
      Result: ApplicationRow,
      execute: ({ gameId, applicationId }) => sql`
        SELECT ${columns} FROM backend.applications p
        WHERE p.game_id = ${gameId} AND p.application_id = ${applicationId}`
    })

    return ApplicationStore.of({
      insert: Effect.fnUntraced(function* (application) {
        const now = yield* DateTime.nowAsDate
        const row = { ...application, status: "pending", created_at: now }
        return yield* one(sql`INSERT INTO backend.applications AS p ${sql.insert(row)} RETURNING ${columns}`)
      }, StorageError.refail),
      find: (gameId, applicationId) =>
        StorageError.refail(Effect.map(find({ gameId, applicationId }), Option.map(withoutNulls))),
      settle: Effect.fnUntraced(function* (applicationId, status) {
        const now = yield* DateTime.nowAsDate
        return yield* one(sql`
          UPDATE backend.applications p SET status = ${status}, decided_at = ${now}
          WHERE p.application_id = ${applicationId} RETURNING ${columns}`)
      }, StorageError.refail),
      rejectPending: Effect.fnUntraced(function* (gameId) {
        const now = yield* DateTime.nowAsDate
        const rejected = yield* all(sql`
          UPDATE backend.applications p SET status = 'rejected', decided_at = ${now}
          WHERE p.game_id = ${gameId} AND p.status = 'pending' RETURNING ${columns}`)
        return rejected.toSorted((a, b) => (a.applicant_user_id < b.applicant_user_id ? -1 : 1))
      }, StorageError.refail),
      rejectOf: Effect.fnUntraced(function* (gameId, userId) {
        const now = yield* DateTime.nowAsDate
        const [rejected] = yield* all(sql`
          UPDATE backend.applications p SET status = 'rejected', decided_at = ${now}
          WHERE p.game_id = ${gameId} AND p.applicant_user_id = ${userId} AND p.status = 'pending' RETURNING ${columns}`)
        return Option.fromUndefinedOr(rejected)
      }, StorageError.refail),
      pendingFor: Effect.fnUntraced(function* (gameId, userId) {
        const rows = yield* sql`
          SELECT 1 FROM backend.applications
          WHERE game_id = ${gameId} AND applicant_user_id = ${userId} AND status = 'pending'`
        return rows.length > 0
      }, StorageError.refail),
      countPending: Effect.fnUntraced(function* (userId) {
        yield* textLock(sql, `galaxy/applicant/${userId}`)
        const rows = yield* sql<{ readonly count: number }>`
          SELECT count(*)::int AS count FROM backend.applications
          WHERE applicant_user_id = ${userId} AND status = 'pending'`
        return rows[0]?.count ?? 0
      }, StorageError.refail),
      countPendingTo: Effect.fnUntraced(function* (gameId) {
        const rows = yield* sql<{ readonly count: number }>`
          SELECT count(*)::int AS count FROM backend.applications
          WHERE game_id = ${gameId} AND status = 'pending'`
        return rows[0]?.count ?? 0
      }, StorageError.refail),
      listOf: (userId, after, limit) =>
        StorageError.refail(
          all(sql`
            SELECT ${columns} FROM backend.applications p
            WHERE p.applicant_user_id = ${userId} AND (p.created_at, p.application_id) < (${after.createdAt}, ${after.id}::uuid)
            ORDER BY p.created_at DESC, p.application_id DESC LIMIT ${limit}`)
        ),
      listOfGame: (gameId, status, after, limit) =>
        StorageError.refail(
          all(sql`
            SELECT ${columns} FROM backend.applications p
            WHERE p.game_id = ${gameId} AND (p.created_at, p.application_id) < (${after.createdAt}, ${after.id}::uuid)
              AND ${status === undefined ? sql`TRUE` : sql`p.status = ${status}`}
            ORDER BY p.created_at DESC, p.application_id DESC LIMIT ${limit}`)
        )
    })
  })
)
