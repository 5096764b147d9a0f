/** The lobby on a real database, with the notifications, mails and start requests that it causes. */
import type { CreateGame } from "@galaxy/contract/api/UserLobby"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { type GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Games } from "@galaxy/core/lobby/game/Games"
import { Invites } from "@galaxy/core/lobby/invite/Invites"
import { GamePlayers } from "@galaxy/core/lobby/membership/GamePlayers"
import * as Lobby from "@galaxy/core/lobby/Lobby"
import * as LobbyConfig from "@galaxy/core/lobby/game/LobbyConfig"
import * as MailOutbox from "@galaxy/core/mail/MailOutbox"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import { payloadTable } from "@galaxy/contract/events/EventKinds"
import * as Notifications from "@galaxy/core/notification/Notifications"
import * as PushLog from "@galaxy/core/push/PushLog"
import * as EngineVersions from "@galaxy/core/engine/EngineVersions"
import * as RuntimeJobs from "@galaxy/core/runtime/RuntimeJobs"
import * as Directory from "@galaxy/core/race-name/Directory"
import { newId } from "@galaxy/core/shared/NewId"
import * as Limits from "@galaxy/core/standing/Limits"
import * as Standing from "@galaxy/core/standing/Standing"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"

const secret = Redacted.make(new Uint8Array(32).fill(7))

/** Notifications with their outboxes, and the standing of accounts. */
export const Telling = Notifications.layer().pipe(
  Layer.provide([PushLog.layer(), MailOutbox.layer({ messageIdDomain: "galaxy.test" })]),
  Layer.provideMerge(Layer.merge(Standing.layer, Limits.layer)),
  Layer.provide(SecretBox.layer({ secret }))
)

// Start requests are the runtime's own: nobody works on them here.
const Runtime = RuntimeJobs.layer.pipe(Layer.provideMerge(EngineVersions.layer))

const registered = Layer.effectDiscard(
  Effect.flatMap(EngineVersions.EngineVersions, (versions) => versions.register("1.0.0", "engine:1.0.0"))
)

/** The lobby's services over a database. */
export const lobbyOn = <E>(database: Layer.Layer<Database, E>, settings: Partial<LobbyConfig.LobbySettings> = {}) =>
  Layer.mergeAll(Lobby.layer, Lobby.layerForRuntime).pipe(
    Layer.provideMerge(Directory.layer()),
    Layer.provide([Telling, LobbyConfig.layer(settings)]),
    Layer.provideMerge(registered.pipe(Layer.provideMerge(Runtime))),
    Layer.provideMerge(database)
  )

/** An account, of no special kind. */
export const player = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const id = UserId.make(yield* newId)
  yield* sql`
    INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone, created_at)
    VALUES (${id}, ${`${id}@example.org`}, ${id}, 'en', 'UTC', date_trunc('milliseconds', now()))`
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

/** The user gives their own seat up. */
export const leave = (gameId: GameId, user: UserId) =>
  Effect.gen(function* () {
    const players = yield* GamePlayers
    const seat = (yield* players.list(user, gameId)).find((it) => it.user_id === user)
    if (seat === undefined) return yield* Effect.die(new Error("the user has no seat"))
    return yield* players.remove(user, gameId, seat.membership_id)
  })

export interface Notice {
  readonly kind: string
  readonly idempotencyKey: string | undefined
  readonly payload: codec.JsonObject
}

interface Event {
  readonly kind: string
  readonly payload: Uint8Array
}

/** What the user has been told by push, in order, as a client reads it. */
export const notices = (user: UserId) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const events = yield* sql<Event>`
      SELECT kind, payload FROM backend.push_events WHERE user_id = ${user} ORDER BY sequence`
    return yield* Effect.forEach(events, ({ kind, payload }) =>
      Effect.gen(function* () {
        const table = payloadTable(kind)
        if (table === undefined) return yield* Effect.die(new Error(`${kind} has no table`))
        const json = codec.decode(tables, table, payload)
        const [row] = yield* sql<{ readonly key: string }>`
          SELECT n.idempotency_key AS key
          FROM backend.notifications n JOIN backend.notification_routes r USING (notification_id)
          WHERE r.user_id = ${user} AND r.channel = 'push' AND n.kind = ${kind}
            AND n.payload = ${JSON.stringify(json)}::text::jsonb`
        return { kind, idempotencyKey: row?.key, payload: json } satisfies Notice
      })
    )
  })

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
