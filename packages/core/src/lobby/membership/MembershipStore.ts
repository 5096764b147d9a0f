/**
 * The rows of `memberships`: one for each player who is or was in a game, with their race name and how they stand in
 * it.
 */
import type { Membership } from "@galaxy/contract/api/UserLobby"
import { GameId, MembershipId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, type Option, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { playerName } from "../../account/playerName.ts"
import type { PlayerStanding } from "../../engine/PlayerStanding.ts"
import type { Limits } from "../../standing/Limits.ts"
import { Attendance } from "./Attendance.ts"
import { seatLimit } from "./SeatLimit.ts"
import { GameMembers } from "../game/GameMembers.ts"
import { type NameReservation, RaceNames } from "../../race-name/RaceNames.ts"
import { newId } from "../../shared/NewId.ts"
import { StorageError } from "../../shared/StorageError.ts"

/** A membership as the wire shows it. `active`: the player has a seat. `removed` and `blocked`: they had one. */
export type Membership = typeof Membership.Type

const MembershipRow = Schema.Struct({
  membership_id: MembershipId,
  game_id: GameId,
  user_id: UserId,
  race_name: Schema.String,
  status: Schema.Literals(["active", "removed", "blocked"]),
  joined_at: Schema.DateTimeUtcFromDate,
  display_name: Schema.String
})

/**
 * Reads and writes seats, and the blocks that keep users out of a game. Callers hold the game's row lock for every
 * change. Fails with `StorageError` only.
 */
export class MembershipStore extends Context.Service<
  MembershipStore,
  {
    /** The user's membership in any state. */
    find(gameId: GameId, userId: UserId): Effect.Effect<Option.Option<Membership>, StorageError>
    /** One membership of the game, in any state. */
    get(gameId: GameId, membershipId: MembershipId): Effect.Effect<Option.Option<Membership>, StorageError>
    /** Seats a player. One who was removed before keeps the membership's id, and so the player id in the engine. */
    seat(gameId: GameId, userId: UserId, name: NameReservation): Effect.Effect<Membership, StorageError>
    /**
     * Ends an active membership, or marks one that has ended already as blocked. Returns whether there was an active
     * one.
     */
    end(gameId: GameId, userId: UserId, status: "removed" | "blocked"): Effect.Effect<boolean, StorageError>
    /** Active members in the order in which they joined. */
    active(gameId: GameId): Effect.Effect<ReadonlyArray<Membership>, StorageError>
    /** Whether the user is blocked from the game, with or without a membership. */
    blocked(gameId: GameId, userId: UserId): Effect.Effect<boolean, StorageError>
    /** Blocks the user from the game for good. Doesn't end a membership. */
    block(gameId: GameId, userId: UserId): Effect.Effect<void, StorageError>
    /**
     * Active members who once had more planets, and once a larger population, than at the beginning: a finish of theirs
     * is a capable one, which earns the race name. Not those whose seat the engine has taken.
     */
    grown(gameId: GameId): Effect.Effect<ReadonlySet<UserId>, StorageError>
    /** Stores how active players stand, and returns them. Highest values only rise, and first values stay. */
    record(gameId: GameId, standing: ReadonlyArray<PlayerStanding>): Effect.Effect<ReadonlyArray<UserId>, StorageError>
    /** The same for several games, in one statement. */
    recordAll(
      games: ReadonlyArray<{ readonly gameId: GameId; readonly players: ReadonlyArray<PlayerStanding> }>
    ): Effect.Effect<ReadonlyMap<GameId, ReadonlyArray<UserId>>, StorageError>
  }
>()("@galaxy/core/lobby/membership/MembershipStore") {}

/** `MembershipStore` over PostgreSQL. */
export const layer: Layer.Layer<MembershipStore, never, SqlClient.SqlClient> = Layer.effect(
  MembershipStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const columns = sql`m.membership_id, m.game_id, m.user_id, m.race_name, m.status, m.joined_at,
      ${playerName(sql, "m.user_id")} AS display_name`

    const find = SqlSchema.findOneOption({
      Request: Schema.Struct({ gameId: GameId, userId: UserId }),
      Result: MembershipRow,
      execute: ({ gameId, userId }) =>
        sql`SELECT ${columns} FROM backend.memberships m WHERE m.game_id = ${gameId} AND m.user_id = ${userId}`
    })

    const byId = SqlSchema.findOneOption({
      Request: Schema.Struct({ gameId: GameId, membershipId: MembershipId }),
      Result: MembershipRow,
      execute: ({ gameId, membershipId }) => sql`
        SELECT ${columns} FROM backend.memberships m
        WHERE m.game_id = ${gameId} AND m.membership_id = ${membershipId}`
    })

    const active = SqlSchema.findAll({
      Request: GameId,
      Result: MembershipRow,
      execute: (gameId) => sql`
        SELECT ${columns} FROM backend.memberships m
        WHERE m.game_id = ${gameId} AND m.status = 'active'
        ORDER BY m.joined_at, m.membership_id`
    })

    const seat = SqlSchema.findOne({
      Request: Schema.Struct({
        id: Schema.String,
        gameId: GameId,
        userId: UserId,
        name: Schema.String,
        key: Schema.String,
        now: Schema.Date
      }),
      Result: MembershipRow,
      // A player who comes back keeps the membership's id; name, status and join time are new.
      execute: ({ id, gameId, userId, name, key, now }) => sql`
        INSERT INTO backend.memberships AS m
          (membership_id, game_id, user_id, race_name, race_name_canonical, status, joined_at, created_at)
        VALUES (${id}, ${gameId}, ${userId}, ${name}, ${key}, 'active', ${now}, ${now})
        ON CONFLICT (game_id, user_id) DO UPDATE SET
          race_name = excluded.race_name, race_name_canonical = excluded.race_name_canonical,
          status = 'active', joined_at = excluded.joined_at, left_at = NULL
        RETURNING ${columns}`
    })

    /** One statement, however many games and players there are. */
    const record = SqlSchema.findAll({
      Request: Schema.String,
      Result: Schema.Struct({ game_id: GameId, user_id: UserId }),
      execute: (standings) => sql`
        UPDATE backend.memberships m SET
          planets = s.planets,
          population = s.population,
          eliminated = s.eliminated,
          max_planets = GREATEST(m.max_planets, s.planets, s."maxPlanets"),
          max_population = GREATEST(m.max_population, s.population, s."maxPopulation"),
          initial_planets = COALESCE(m.initial_planets, s."initialPlanets", s.planets),
          initial_population = COALESCE(m.initial_population, s."initialPopulation", s.population)
        FROM jsonb_to_recordset(${standings}::text::jsonb) AS s("gameId" uuid, "userId" uuid, planets int,
          population float8, eliminated boolean, "maxPlanets" int, "maxPopulation" float8, "initialPlanets" int,
          "initialPopulation" float8)
        WHERE m.game_id = s."gameId" AND m.user_id = s."userId" AND m.status = 'active'
        RETURNING m.game_id, m.user_id`
    })

    const recordAll = Effect.fnUntraced(function* (
      games: ReadonlyArray<{ readonly gameId: GameId; readonly players: ReadonlyArray<PlayerStanding> }>
    ) {
      const standings = games.flatMap(({ gameId, players }) => players.map((it) => ({ gameId, ...it })))
      const recorded = new Map<GameId, Array<UserId>>(games.map(({ gameId }) => [gameId, []]))
      if (standings.length === 0) return recorded
      for (const it of yield* record(JSON.stringify(standings))) recorded.get(it.game_id)?.push(it.user_id)
      return recorded
    }, StorageError.refail)

    return MembershipStore.of({
      find: (gameId, userId) => StorageError.refail(find({ gameId, userId })),
      get: (gameId, membershipId) => StorageError.refail(byId({ gameId, membershipId })),
      seat: Effect.fnUntraced(function* (gameId, userId, { name, key }) {
        const id = yield* newId
        const now = yield* DateTime.nowAsDate
        return yield* Effect.catchTag(seat({ id, gameId, userId, name, key, now }), "NoSuchElementError", (error) =>
          Effect.die(error)
        )
      }, StorageError.refail),
      end: Effect.fnUntraced(function* (gameId, userId, status) {
        const now = yield* DateTime.nowAsDate
        const ended = yield* sql`
          UPDATE backend.memberships SET status = ${status}, left_at = ${now}
          WHERE game_id = ${gameId} AND user_id = ${userId} AND status = 'active'
          RETURNING 1`
        if (status === "blocked" && ended.length === 0) {
          yield* sql`
            UPDATE backend.memberships SET status = 'blocked' WHERE game_id = ${gameId} AND user_id = ${userId}`
        }
        return ended.length > 0
      }, StorageError.refail),
      active: (gameId) => StorageError.refail(active(gameId)),
      blocked: Effect.fnUntraced(function* (gameId, userId) {
        const rows = yield* sql`
          SELECT 1 FROM backend.game_blocks WHERE game_id = ${gameId} AND user_id = ${userId}`
        return rows.length > 0
      }, StorageError.refail),
      block: Effect.fnUntraced(function* (gameId, userId) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          INSERT INTO backend.game_blocks (game_id, user_id, created_at) VALUES (${gameId}, ${userId}, ${now})
          ON CONFLICT DO NOTHING`
      }, StorageError.refail),
      grown: Effect.fnUntraced(function* (gameId) {
        const rows = yield* sql<{ readonly user_id: UserId }>`
          SELECT user_id FROM backend.memberships
          WHERE game_id = ${gameId} AND status = 'active' AND taken_over_at IS NULL
            AND max_planets > initial_planets AND max_population > initial_population`
        return new Set(rows.map((it) => it.user_id))
      }, StorageError.refail),
      record: (gameId, players) =>
        Effect.map(recordAll([{ gameId, players }]), (recorded) => recorded.get(gameId) ?? []),
      recordAll
    })
  })
)

/** The port `GameMembers`, backed by memberships and the race-name directory. */
export const layerGameMembers: Layer.Layer<
  GameMembers,
  never,
  SqlClient.SqlClient | MembershipStore | Attendance | RaceNames | Limits
> = Layer.effect(
  GameMembers,
  Effect.gen(function* () {
    const { active, seat } = yield* MembershipStore
    const { countAnew } = yield* Attendance
    const raceNames = yield* RaceNames
    const mayBeSeated = yield* seatLimit
    return GameMembers.of({
      active,
      countAnew,
      seat: Effect.fnUntraced(function* (gameId, userId, name) {
        yield* mayBeSeated(userId)
        yield* seat(gameId, userId, yield* raceNames.reserve({ gameId, userId, name }))
      })
    })
  })
)
