/**
 * The lobby's layers, put together.
 *
 * There are two, because the runtime needs one of them and the other needs the runtime.
 */
import { Layer } from "effect"
import type { SqlClient } from "effect/sql"
import type { Notifications } from "../notification/Notifications.ts"
import type { RaceNames } from "../race-name/RaceNames.ts"
import type { EngineVersions } from "../engine/EngineVersions.ts"
import type { RuntimeJobs } from "../runtime/RuntimeJobs.ts"
import * as Bans from "./Bans.ts"
import * as Cancellations from "./Cancellations.ts"
import * as AdminGames from "./game/AdminGames.ts"
import * as EarlyTurns from "./game/EarlyTurns.ts"
import * as ComputerSeats from "./game/ComputerSeats.ts"
import * as GameEditing from "./game/GameEditing.ts"
import * as GameListStore from "./game/GameListStore.ts"
import * as GameRulesets from "./game/GameRulesets.ts"
import * as Applications from "./application/Applications.ts"
import * as ApplicationStore from "./application/ApplicationStore.ts"
import * as Games from "./game/Games.ts"
import * as GameSteps from "./game/GameSteps.ts"
import * as GameStore from "./game/GameStore.ts"
import * as Invites from "./invite/Invites.ts"
import * as InviteStore from "./invite/InviteStore.ts"
import * as JoinQuestions from "./invite/JoinQuestions.ts"
import type { LobbyConfig } from "./game/LobbyConfig.ts"
import * as GamePlayers from "./membership/GamePlayers.ts"
import * as MemberRecords from "./membership/MemberRecords.ts"
import * as Attendance from "./membership/Attendance.ts"
import * as Memberships from "./membership/Memberships.ts"
import * as MembershipStore from "./membership/MembershipStore.ts"
import type { RuntimeEvents } from "../runtime/RuntimeEvents.ts"
import type { Limits } from "../standing/Limits.ts"
import type { Standing } from "../standing/Standing.ts"
import * as GameEvents from "./GameEvents.ts"

const Stores = Layer.mergeAll(
  ComputerSeats.layer,
  EarlyTurns.layer,
  GameStore.layer,
  MembershipStore.layer,
  Attendance.layer,
  InviteStore.layer,
  ApplicationStore.layer
)

/** For the runtime and in-game calls: who plays in a game, and the lobby's side of `RuntimeEvents`. */
export const layerForRuntime: Layer.Layer<
  Memberships.Memberships | RuntimeEvents,
  never,
  SqlClient.SqlClient | Notifications | RaceNames | RuntimeJobs
> = Layer.mergeAll(Memberships.layer, GameEvents.layer).pipe(Layer.provide(Stores))

const ForGames = Layer.mergeAll(MembershipStore.layerGameMembers, Cancellations.layer)

const GameServices = Layer.mergeAll(Games.layer, AdminGames.layer, Bans.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(GameSteps.layer, GameEditing.layer, MemberRecords.layer)),
  Layer.provideMerge(GameListStore.layer),
  Layer.provide(GameRulesets.layer),
  Layer.provide(ForGames)
)

/** For players' and administrators' calls: games, invites and memberships. */
export const layer: Layer.Layer<
  | Layer.Success<typeof GameServices>
  | ComputerSeats.ComputerSeats
  | Attendance.Attendance
  | Invites.Invites
  | JoinQuestions.JoinQuestions
  | Applications.Applications
  | GamePlayers.GamePlayers,
  never,
  SqlClient.SqlClient | Notifications | RaceNames | RuntimeJobs | EngineVersions | LobbyConfig | Standing | Limits
> = Layer.mergeAll(GameServices, Invites.layer, JoinQuestions.layer, Applications.layer, GamePlayers.layer).pipe(
  Layer.provide(Stores),
  Layer.merge(Layer.merge(ComputerSeats.layer, Attendance.layer))
)
