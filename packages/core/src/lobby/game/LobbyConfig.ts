/** Bounds of the lobby, which a host may change. */
import { Context, Layer } from "effect"

/** Bounds that keep one user or one game from taking more than a fair share. Times are in milliseconds. */
export interface LobbySettings {
  /** Shortest time between two turns of a schedule. A minute by default, the finest that cron fields can say. */
  readonly turnMinIntervalMs: number
  /** How long an invite is valid where its issuer sets no expiry; 7 days by default. */
  readonly inviteLifetimeMs: number
  /** The longest validity that an issuer may ask for; 365 days by default. */
  readonly inviteLifetimeMaxMs: number
  /**
   * Most games of one owner that are neither finished nor cancelled, whatever their plan grants; 500 by default. An
   * administrator's limit for one account takes precedence.
   */
  readonly openGamesPerOwner: number
  /**
   * Most games of one owner that are being played, each of which has an engine, whatever their plan grants; 100 by
   * default. Without it one account could take all engines that a host runs. An administrator's limit takes precedence.
   */
  readonly gamesInPlayPerOwner: number
  /** Most pending invites of one game; 500 by default. */
  readonly pendingInvitesPerGame: number
  /** Most invites to one game that a player is sent in any 24 hours; 5 by default. */
  readonly invitesPerPlayerPerDay: number
  /** Most pending applications of one player; 100 by default. Each reserves a race name. */
  readonly pendingApplicationsPerPlayer: number
  /**
   * Most pending applications of one game; 200 by default, and never fewer than ten for each place. A start or a
   * cancellation decides all of them in one transaction.
   */
  readonly pendingApplicationsPerGame: number
}

const minute = 60_000
const day = 24 * 60 * minute

const defaults: LobbySettings = {
  turnMinIntervalMs: minute,
  inviteLifetimeMs: 7 * day,
  inviteLifetimeMaxMs: 365 * day,
  openGamesPerOwner: 500,
  gamesInPlayPerOwner: 100,
  pendingInvitesPerGame: 500,
  invitesPerPlayerPerDay: 5,
  pendingApplicationsPerPlayer: 100,
  pendingApplicationsPerGame: 200
}

/** The bounds in force. Read when the lobby's layers are built, and fixed from then on. */
export class LobbyConfig extends Context.Service<LobbyConfig, LobbySettings>()("@galaxy/core/lobby/game/LobbyConfig") {}

/** The defaults, overridden by the settings of the host. */
export const layer = (settings: Partial<LobbySettings> = {}): Layer.Layer<LobbyConfig> =>
  Layer.succeed(LobbyConfig, { ...defaults, ...settings })
