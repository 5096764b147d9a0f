/**
 * The race-name directory: names reserved for a game, pending registration, or registered for good.
 *
 * Every decision about a key is made under its lock, which is held to the end of the caller's transaction, so that what
 * was read stays true until it commits. The locks of several keys are taken in ascending order.
 */
import type { HeldRaceName, RaceNameList } from "@galaxy/contract/api/UserRaceNames"
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Notifications } from "../notification/Notifications.ts"
import { type CursorInvalid, pageOf, type PageRequest } from "../shared/Page.ts"
import { Limits } from "../standing/Limits.ts"
import { StorageError } from "../shared/StorageError.ts"
import { accept, keyOf, RaceNameInvalid, type RaceName, type RaceNameKey, RaceNameTaken } from "./RaceName.ts"
import { RaceNameConfig } from "./RaceNameConfig.ts"
import { NoPendingRaceName, TooManyRaceNames } from "./RaceNameError.ts"
import { RaceNameStore } from "./RaceNameStore.ts"

/** A name held in one game: as it is shown, and the key under which it is unique there. */
export interface NameReservation {
  readonly name: RaceName
  readonly key: RaceNameKey
}

/** A name wished for in a game. */
export interface NameRequest {
  readonly gameId: GameId
  readonly userId: UserId
  readonly name: string
}

/**
 * Decides who may use which race name. A registered name, or one pending registration, is its owner's on the whole
 * platform; a reservation counts in its own game only.
 */
export class RaceNames extends Context.Service<
  RaceNames,
  {
    /**
     * Reserves a name in a game, in the caller's transaction; reserving it again changes its spelling at most. The
     * user's own registration, or reservations in other games, don't stand in the way. Another user's registration,
     * pending registration, or reservation in this game does: `RaceNameTaken`.
     */
    reserve(request: NameRequest): Effect.Effect<NameReservation, RaceNameInvalid | RaceNameTaken | StorageError>
    /**
     * The reservation of this name that the user has in the game already, whoever else has got the name on the platform
     * since; without one, as `reserve`.
     */
    keep(request: NameRequest): Effect.Effect<NameReservation, RaceNameInvalid | RaceNameTaken | StorageError>
    /** Whether `reserve` would succeed now. Reserves nothing. */
    check(request: NameRequest): Effect.Effect<NameReservation, RaceNameInvalid | RaceNameTaken | StorageError>
    /** As `check`, for a game that there isn't yet: only names of the whole platform can stand in the way. */
    checkNew(
      request: Omit<NameRequest, "gameId">
    ): Effect.Effect<NameReservation, RaceNameInvalid | RaceNameTaken | StorageError>
    /** Gives up everything the user has reserved in a game; having nothing reserved is not an error. */
    release(gameId: GameId, userId: UserId): Effect.Effect<void, StorageError>
    /** Gives up everything that anybody has reserved in a game. Joins the caller's transaction. */
    releaseAll(gameId: GameId): Effect.Effect<void, StorageError>
    /** Gives up what these users have reserved in a game. Joins the caller's transaction. */
    releaseOf(gameId: GameId, userIds: ReadonlyArray<UserId>): Effect.Effect<void, StorageError>
    /**
     * Takes the locks that `promote` needs, to the end of the caller's transaction: for a caller who tells somebody
     * something before, since locks of names come before those of players who are told.
     */
    lockAll(gameId: GameId): Effect.Effect<void, StorageError>
    /**
     * Ends a game's reservations, in the caller's transaction. Those of `earners` become pending registrations; where
     * another user has the name on the platform by now, or the earner has registered it already, they end like all
     * others. The earners are told, so the caller must hold its other locks already; one that tells others too has called
     * `lockAll` and then locked them all (`Notifications.lock`).
     */
    promote(game: {
      readonly gameId: GameId
      readonly gameName: string
      readonly earners: ReadonlySet<UserId>
    }): Effect.Effect<void, StorageError>
    /**
     * Registers the caller's pending name. Registering it again answers the same. Fails with `NoPendingRaceName` if
     * there is none or its time is over, with `RaceNameTaken` where another user has the name, and with
     * `TooManyRaceNames` at the limit.
     */
    register(
      caller: UserId,
      name: string
    ): Effect.Effect<
      typeof HeldRaceName.Type,
      RaceNameInvalid | RaceNameTaken | NoPendingRaceName | TooManyRaceNames | StorageError
    >
    /** Names that the caller holds, newest first. */
    mine(caller: UserId, page: PageRequest): Effect.Effect<typeof RaceNameList.Type, CursorInvalid | StorageError>
    /**
     * Ends one pending registration whose time is over, and tells its owner. Returns whether there was one.
     */
    readonly expireOne: Effect.Effect<boolean, StorageError>
  }
>()("@galaxy/core/race-name/RaceNames") {}

/** `RaceNames` over the directory's rows. */
export const layer: Layer.Layer<
  RaceNames,
  never,
  SqlClient.SqlClient | RaceNameStore | RaceNameConfig | Limits | Notifications
> = Layer.effect(
  RaceNames,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const store = yield* RaceNameStore
    const config = yield* RaceNameConfig
    const limits = yield* Limits
    const notifications = yield* Notifications

    const inTransaction = <A, E, R>(effect: Effect.Effect<A, E, R>) => StorageError.refail(sql.withTransaction(effect))

    const accepted = (typed: string) => {
      const name = accept(typed)
      return name instanceof RaceNameInvalid ? Effect.fail(name) : Effect.succeed({ name, key: keyOf(name) })
    }

    const check = Effect.fn("RaceNames.check")(function* ({ gameId, userId, name: typed }: NameRequest) {
      const it = yield* accepted(typed)
      if (yield* store.obstructed(it.key, gameId, userId)) return yield* new RaceNameTaken({ name: it.name })
      return it
    })

    const checkNew = Effect.fn("RaceNames.checkNew")(function* ({ userId, name: typed }: Omit<NameRequest, "gameId">) {
      const it = yield* accepted(typed)
      const holders = yield* store.lasting([it.key])
      if (holders.some(({ owner_user_id }) => owner_user_id !== userId))
        return yield* new RaceNameTaken({ name: it.name })
      return it
    })

    const reserve = Effect.fn("RaceNames.reserve")(function* (request: NameRequest) {
      const { key } = yield* accepted(request.name)
      yield* store.lock(key)
      const it = yield* check(request)
      const reserved = yield* store.reserve({ gameId: request.gameId, userId: request.userId, ...it })
      return reserved ? it : yield* new RaceNameTaken({ name: it.name })
    })

    const keep = Effect.fn("RaceNames.keep")(function* (request: NameRequest) {
      const own = (yield* store.reservations(request.gameId)).find(
        (it) => it.owner_user_id === request.userId && it.name === request.name
      )
      return own === undefined ? yield* reserve(request) : { name: own.name, key: own.canonical }
    })

    const lockAll = Effect.fn("RaceNames.lockAll")(function* (gameId: GameId) {
      for (const { canonical } of yield* store.reservations(gameId)) yield* store.lock(canonical)
    })

    const promote = Effect.fn("RaceNames.promote")(function* (game: {
      readonly gameId: GameId
      readonly gameName: string
      readonly earners: ReadonlySet<UserId>
    }) {
      // A reservation whose key had to be given up (`RaceNameKeys`) earns nothing: an older holder has the key.
      const earned = (yield* store.reservations(game.gameId)).filter(
        (it) => game.earners.has(it.owner_user_id) && it.canonical === keyOf(it.name)
      )
      for (const { canonical } of earned) yield* store.lock(canonical)
      const lasting = new Map((yield* store.lasting(earned.map((it) => it.canonical))).map((it) => [it.canonical, it]))
      const until = DateTime.addDuration(yield* DateTime.now, config.pendingForMs)
      const pending = earned.filter((it) => !lasting.has(it.canonical))
      const again = earned.flatMap((it) => {
        const own = lasting.get(it.canonical)
        return own?.status === "pending_registration" && own.owner_user_id === it.owner_user_id ? [own] : []
      })
      yield* store.makePending(
        pending.map((it) => it.race_name_id),
        DateTime.toDateUtc(until)
      )
      yield* store.extend(
        again.map((it) => it.race_name_id),
        DateTime.toDateUtc(until)
      )
      yield* store.releaseAll(game.gameId)
      const told = [...pending, ...again].toSorted((a, b) => (a.owner_user_id < b.owner_user_id ? -1 : 1))
      for (const it of told) {
        yield* notifications.submit({
          kind: "lobby.race_name.pending",
          idempotencyKey: `race-name-pending:${it.race_name_id}:${game.gameId}`,
          recipients: [it.owner_user_id],
          payload: {
            race_name: it.name,
            game_id: game.gameId,
            game_name: game.gameName,
            expires_at: DateTime.formatIso(until)
          }
        })
      }
    })

    const register = Effect.fn("RaceNames.register")(function* (caller: UserId, typed: string) {
      const { name, key } = yield* accepted(typed)
      yield* store.lockOwner(caller)
      yield* store.lock(key)
      const [held] = yield* store.lasting([key])
      if (held === undefined) return yield* new NoPendingRaceName()
      if (held.owner_user_id !== caller) return yield* new RaceNameTaken({ name })
      if (held.status === "pending_registration") {
        const limit = (yield* limits.of(caller)).max_registered_race_names.value
        if ((yield* store.countRegistered(caller)) >= limit) return yield* new TooManyRaceNames({ limit })
        yield* store.register(held.race_name_id)
        yield* notifications.submit({
          kind: "lobby.race_name.registered",
          idempotencyKey: `race-name-registered:${held.race_name_id}`,
          recipients: [caller],
          payload: { race_name: held.name }
        })
      }
      const shown = yield* store.shown(held.race_name_id)
      return yield* Option.match(shown, {
        onNone: () => Effect.die(new Error("a locked race name has disappeared")),
        onSome: Effect.succeed
      })
    })

    const expireOne = Effect.gen(function* () {
      const gone = yield* store.takeExpired
      if (Option.isNone(gone)) return false
      yield* notifications.submit({
        kind: "lobby.race_name.expired",
        idempotencyKey: `race-name-expired:${gone.value.race_name_id}`,
        recipients: [gone.value.owner_user_id],
        payload: { race_name: gone.value.name }
      })
      return true
    }).pipe(Effect.withSpan("RaceNames.expireOne"))

    return RaceNames.of({
      reserve: (request) => inTransaction(reserve(request)),
      keep: (request) => inTransaction(keep(request)),
      check,
      checkNew,
      release: (gameId, userId) => store.release(gameId, [userId]),
      releaseOf: (gameId, userIds) => store.release(gameId, userIds),
      lockAll,
      releaseAll: (gameId) => store.releaseAll(gameId),
      promote: (game) => inTransaction(promote(game)),
      register: (caller, name) => inTransaction(register(caller, name)),
      mine: Effect.fn("RaceNames.mine")(function* (caller, page) {
        const { rows, next } = yield* pageOf(
          page,
          (after, limit) => store.listOf(caller, after, limit),
          (it) => it.race_name_id
        )
        return { race_names: rows, ...next }
      }),
      expireOne: inTransaction(expireOne)
    })
  })
)
