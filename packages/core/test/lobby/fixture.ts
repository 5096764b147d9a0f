/**
 * The lobby on a real database. Notifications are written down where a test can count them, in the transaction that they
 * are part of, so that what is rolled back is not counted.
 */
import type { CreateGame } from "@galaxy/contract/api/UserLobby"
import { UserId } from "@galaxy/contract/ids/Ids"
import { Games } from "@galaxy/core/lobby/Games"
import { Invites } from "@galaxy/core/lobby/Invites"
import * as Lobby from "@galaxy/core/lobby/Lobby"
import * as LobbyConfig from "@galaxy/core/lobby/LobbyConfig"
import { Notifications } from "@galaxy/core/notification/Notifications"
import * as EngineVersions from "@galaxy/core/runtime/EngineVersions"
import * as RuntimeJobs from "@galaxy/core/runtime/RuntimeJobs"
import { newId } from "@galaxy/core/shared/NewId"
import { StorageError } from "@galaxy/core/shared/StorageError"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"

const NotificationsDouble = Layer.effect(
  Notifications,
  Effect.map(SqlClient.SqlClient, (sql) =>
    Notifications.of({
      submit: (intent) =>
        StorageError.refail(
          Effect.gen(function* () {
            for (const user of intent.recipients) {
              const id = yield* newId
              const key = `${intent.idempotencyKey}>${user}`
              const payload = JSON.stringify(intent.payload)
              yield* sql`
                INSERT INTO backend.notifications (notification_id, kind, idempotency_key, user_id, payload)
                VALUES (${id}, ${intent.kind}, ${key}, ${user}, ${payload}::text::jsonb)
                ON CONFLICT DO NOTHING`
            }
          })
        )
    })
  )
)

// Start requests are the runtime's own: nobody works on them here.
const Runtime = RuntimeJobs.layer.pipe(Layer.provideMerge(EngineVersions.layer))

const registered = Layer.effectDiscard(
  Effect.flatMap(EngineVersions.EngineVersions, (versions) => versions.register("1.0.0", "engine:1.0.0"))
)

/** The lobby's services over a database. */
export const lobbyOn = <E>(database: Layer.Layer<Database, E>, settings: Partial<LobbyConfig.LobbySettings> = {}) =>
  Layer.mergeAll(Lobby.layer, Lobby.layerForRuntime).pipe(
    Layer.provide([NotificationsDouble, LobbyConfig.layer(settings)]),
    Layer.provideMerge(registered.pipe(Layer.provideMerge(Runtime))),
    Layer.provideMerge(database)
  )

/** An account, of no special kind. */
export const player = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const id = UserId.make(yield* newId)
  yield* sql`
    INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
    VALUES (${id}, ${`${id}@example.org`}, ${id}, 'en', 'UTC')`
  return id
})

export const players = (count: number) => Effect.all(Array.from({ length: count }, () => player))

export const settings = (change: Partial<typeof CreateGame.Type> = {}): typeof CreateGame.Type => ({
  game_name: "Orion Arm",
  min_players: 2,
  max_players: 4,
  turn_schedule: "0 18 * * *",
  time_zone: "Europe/Berlin",
  ...change
})

/** A game with open enrolment. */
export const openGame = (owner: UserId, change: Partial<typeof CreateGame.Type> = {}) =>
  Effect.gen(function* () {
    const games = yield* Games
    const game = yield* games.create(owner, settings(change))
    return yield* games.openEnrollment(owner, game.game_id)
  })

/** Seats a user in the owner's game. */
export const join = (owner: UserId, gameId: Parameters<Invites["Service"]["issue"]>[1], user: UserId, name: string) =>
  Effect.gen(function* () {
    const invites = yield* Invites
    const invite = yield* invites.issue(owner, gameId, { invited_user_id: user })
    return yield* invites.redeem(user, gameId, invite.invite_id, { race_name: name })
  })

export interface Notice {
  readonly kind: string
  readonly idempotency_key: string
  readonly user_id: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** What the user has been notified of, in order. */
export const notices = (user: UserId) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql<Notice>`
      SELECT kind, idempotency_key, user_id, payload FROM backend.notifications
      WHERE user_id = ${user} ORDER BY notification_id`
  )

/** How often the game's start was requested. */
export const starts = (gameId: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{ readonly count: number }>`
      SELECT row_version::int AS count FROM backend.runtime_records WHERE game_id = ${gameId}`
    return rows[0]?.count ?? 0
  })

export interface Mapping {
  readonly user_id: string
  readonly race_name: string
  readonly engine_player_uuid: string
}

/** The players that the last start was requested with. */
export const mappings = (gameId: string) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql<Mapping>`
      SELECT user_id, race_name, engine_player_uuid FROM backend.player_mappings
      WHERE game_id = ${gameId} ORDER BY race_name`
  )
