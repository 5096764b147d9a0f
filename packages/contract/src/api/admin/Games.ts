/** Games, for operators (`/api/v1/admin/games`): every game can be read, public ones are run here. */
import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId, UserId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { engineVersion, label, paging, Timestamp } from "../Fields.ts"
import { AbsenceAction, CreateGame, Game, GameList, GameStatus, UpdateGame, Visibility } from "../UserLobby.ts"
import { ComputerSeat, Membership } from "../UserMemberships.ts"
import { OptionalReason, reason } from "./Reason.ts"
import { RuntimeOperation } from "./Runtimes.ts"

const optionalReason = { reason: Schema.optionalKey(reason) }

/** Body of `POST /games`, which makes a public game in `draft`. Administrators own it together. */
export const CreatePublicGame = Schema.Struct({
  ...Struct.omit(CreateGame.fields, ["race_name"]),
  ...optionalReason
})

/** Body of `PATCH /games/{game_id}`: what is absent stays. Only public games can be changed here. */
export const UpdatePublicGame = Schema.Struct({ ...UpdateGame.fields, ...optionalReason })

/**
 * Body of `force-start`. A game that was stopped goes on with its own engine version unless a newer one is named here.
 */
export const ForceStart = Schema.Struct({ engine_version: Schema.optionalKey(engineVersion), ...optionalReason })

/** Body of `ban-member`. */
export const BanMember = Schema.Struct({ user_id: UserId, reason })

/** What a list of games may be narrowed to. All that are given must match. */
export const gameFilters = {
  status: Schema.optionalKey(GameStatus),
  visibility: Schema.optionalKey(Visibility),
  owner_user_id: Schema.optionalKey(UserId),
  /** Names that begin like this; letter case doesn't matter. */
  name: Schema.optionalKey(label(64))
}

/** One membership, active or not, with how the player stood after the newest turn. */
export const GameMember = Schema.Struct({
  ...Membership.fields,
  left_at: Schema.optionalKey(Timestamp),
  planets: Schema.optionalKey(Schema.Int),
  population: Schema.optionalKey(Schema.Number),
  eliminated: Schema.Boolean,
  orders_given_at: Schema.optionalKey(Timestamp),
  orders: Schema.optionalKey(Schema.Int),
  refused: Schema.optionalKey(Schema.Int)
})

/** Memberships in the order in which the players came, the first 1,000; and the seats that the engine plays. */
export const GameMembers = Schema.Struct({
  memberships: Schema.Array(GameMember),
  computer_players: Schema.Array(ComputerSeat)
})

/** One thing that keeps a game from its next turn, or from starting. */
export const GameBlock = Schema.Struct({
  /** A lower-case word, such as `paused` or `generation_failed`; later versions may have more. */
  code: Schema.String,
  /** Who has to do something about it. Absent where it resolves by itself, or where nothing is to be done. */
  acts: Schema.optionalKey(Schema.Literals(["operator", "owner"])),
  /** The same in words, with what can be done about it. */
  message: Schema.String,
  since: Schema.optionalKey(Timestamp),
  /** When it is looked at again by itself. */
  until: Schema.optionalKey(Timestamp)
})

/** The newest turn that was made. */
export const MadeTurn = Schema.Struct({
  turn: Schema.Int,
  /** When it was due. Absent if it was asked for ahead of its time, or made by a release that didn't note it. */
  due_at: Schema.optionalKey(Timestamp),
  started_at: Timestamp,
  finished_at: Timestamp,
  /** Milliseconds from the one to the other, as far as the clock that wrote both went right. */
  took_ms: Schema.Int
})

/** The game's engine now. */
export const EngineNow = Schema.Struct({
  version: Schema.optionalKey(Schema.String),
  /** Whether the version is enabled: one that isn't goes on where it runs, and can't be started again. */
  version_enabled: Schema.Boolean,
  /**
   * `asleep`: put to sleep to save memory, and woken when it is needed. `off`: no process or container runs. `unknown`: the
   * engine host doesn't answer.
   */
  state: Schema.Literals(["running", "asleep", "off", "unknown"]),
  /**
   * Where the game's state is kept: in the database, or only with the host where its engine ran last, which it then can't
   * leave. Absent before the first start.
   */
  game_state_in: Schema.optionalKey(Schema.Literals(["database", "host"])),
  /** As `Runtime.health`. */
  health: Schema.String,
  health_since: Schema.optionalKey(Timestamp),
  last_observed_at: Schema.optionalKey(Timestamp)
})

/** A player whose orders for the coming turn are awaited. */
export const AwaitedPlayer = Schema.Struct({
  user_id: UserId,
  race_name: Schema.String,
  /** Turns in a row without orders. */
  missed_turns: Schema.Int
})

/** Orders for the coming turn. Players who are out and seats that the engine plays don't count. */
export const OrdersNow = Schema.Struct({
  /** Players who may give orders. */
  players: Schema.Int,
  /** How many have given orders, or said that they have none. */
  given: Schema.Int,
  /** The others: those who have missed most turns come first; the first 100. */
  awaited: Schema.Array(AwaitedPlayer),
  /** Missed turns after which a player is reminded; absent for never. */
  reminded_after: Schema.optionalKey(Schema.Int),
  /** Missed turns after which `absence_action` is taken; both are absent for never. */
  removed_after: Schema.optionalKey(Schema.Int),
  absence_action: Schema.optionalKey(AbsenceAction)
})

/** Why a game makes its next turn when it does, or makes none. */
export const GameWhy = Schema.Struct({
  game_id: GameId,
  game_name: Schema.String,
  status: GameStatus,
  /** Only a public game's steps are an administrator's. */
  visibility: Visibility,
  /** The answer in words. */
  summary: Schema.String,
  /** The newest turn there is. */
  current_turn: Schema.Int,
  /** When the next one is due. */
  next_turn_at: Schema.optionalKey(Timestamp),
  /** Present if the next one was asked for: it is made as soon as a worker is free. */
  asked_for: Schema.optionalKey(Schema.Literal(true)),
  /** What was last decided about the game, and when. */
  decision: Schema.optionalKey(Schema.Struct({ text: Schema.String, decided_at: Schema.optionalKey(Timestamp) })),
  /** Why the next turn is due then: `schedule`, or `forced` where forced turns took the place of scheduled ones. */
  next_turn_why: Schema.optionalKey(Schema.String),
  /** How many times of the schedule are left out for that. */
  skipped: Schema.optionalKey(Schema.Int),
  turn_schedule: Schema.String,
  /** The schedule's time zone. */
  time_zone: Schema.String,
  /** What the runtime did last. */
  last_operation: Schema.optionalKey(RuntimeOperation),
  /** Absent while none was made, and once its operation is no longer kept. */
  last_turn: Schema.optionalKey(MadeTurn),
  /** Absent before the first start. */
  engine: Schema.optionalKey(EngineNow),
  /** Present while the game is in play. */
  orders: Schema.optionalKey(OrdersNow),
  /** Empty if nothing is in the way. */
  blocks: Schema.Array(GameBlock)
})

const ofGame = { params: { game_id: GameId }, success: Game, error: wireErrors } as const
const step = { ...ofGame, payload: [OptionalReason, Schema.Null] } as const

/**
 * Games. An unknown one is `not_found`. A private game is its owner's: steps that only the owner takes are `forbidden`,
 * `not_owner`. Cancelling, `force-start`, `force-stop` and `ban-member` are for every game; to cancel a private one
 * needs a `reason`. A step that the state doesn't allow is `conflict`, `wrong_state`.
 */
export class AdminGamesGroup extends HttpApiGroup.make("adminGames")
  .add(
    HttpApiEndpoint.get("list", "/", { query: { ...paging, ...gameFilters }, success: GameList, error: wireErrors }),
    HttpApiEndpoint.post("create", "/", { payload: CreatePublicGame, success: Game, error: wireErrors }),
    HttpApiEndpoint.get("get", "/:game_id", ofGame),
    HttpApiEndpoint.patch("update", "/:game_id", { ...ofGame, payload: UpdatePublicGame }),
    HttpApiEndpoint.get("members", "/:game_id/members", { ...ofGame, success: GameMembers }),
    HttpApiEndpoint.get("why", "/:game_id/why", { ...ofGame, success: GameWhy }),
    HttpApiEndpoint.post("openEnrollment", "/:game_id/open-enrollment", step),
    HttpApiEndpoint.post("readyToStart", "/:game_id/ready-to-start", step),
    HttpApiEndpoint.post("start", "/:game_id/start", step),
    HttpApiEndpoint.post("pause", "/:game_id/pause", step),
    HttpApiEndpoint.post("resume", "/:game_id/resume", step),
    HttpApiEndpoint.post("cancel", "/:game_id/cancel", step),
    HttpApiEndpoint.post("retryStart", "/:game_id/retry-start", step),
    HttpApiEndpoint.post("forceStart", "/:game_id/force-start", { ...ofGame, payload: [ForceStart, Schema.Null] }),
    HttpApiEndpoint.post("forceStop", "/:game_id/force-stop", step),
    HttpApiEndpoint.post("banMember", "/:game_id/ban-member", { ...ofGame, payload: BanMember })
  )
  .prefix("/api/v1/admin/games") {}
