/** The lobby's bounds, given by the host. */
import { Context, Layer } from "effect"

export interface LobbySettings {
  /** Shortest time between two turns that a schedule may ask for. */
  readonly turnMinIntervalMs: number
  /** How long an invite is valid when it doesn't say. */
  readonly inviteLifetimeMs: number
  /** How long an invite may be valid at most. */
  readonly inviteLifetimeMaxMs: number
  /** Games that have not ended, per owner. */
  readonly openGamesPerOwner: number
  /** Open invites per game. */
  readonly pendingInvitesPerGame: number
}

const minute = 60_000
const day = 24 * 60 * minute

const defaults: LobbySettings = {
  turnMinIntervalMs: minute,
  inviteLifetimeMs: 7 * day,
  inviteLifetimeMaxMs: 365 * day,
  openGamesPerOwner: 100,
  pendingInvitesPerGame: 500
}

export class LobbyConfig extends Context.Service<LobbyConfig, LobbySettings>()("@galaxy/core/lobby/game/LobbyConfig") {}

/** The defaults, with what the host sets otherwise. */
export const layer = (settings: Partial<LobbySettings> = {}): Layer.Layer<LobbyConfig> =>
  Layer.succeed(LobbyConfig, { ...defaults, ...settings })
