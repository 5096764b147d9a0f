/** A running platform as tests see it, and how it may differ from one with the defaults. */
import type { OutgoingMail } from "@galaxy/core/mail/MailTransport"
import type { GatewayOptions } from "@galaxy/host-node/gateway/GatewayServer"
import type { BackendServerOptions } from "@galaxy/host-node/processes/BackendServer"
import type { Fault, Faults } from "./Fault.ts"
import type { AdminCall, Game } from "./internal/adminCalls.ts"
import type * as games from "./internal/games.ts"
import type { Span } from "./internal/millis.ts"
import type * as Platform from "./internal/Platform.ts"
import type * as TestPlayer from "./TestPlayer.ts"

export type { AdminCall, Game } from "./internal/adminCalls.ts"
export type { GameOptions, GameRef } from "./internal/games.ts"
export type { Span } from "./internal/millis.ts"

/** What differs from a platform with the defaults. */
export interface StartOptions {
  /** Galaxies of games follow from this text, so the same test gets the same ones in each run. "galaxy" when absent. */
  readonly seed?: string
  /** The platform's time at the start, in any form that `Date` takes; the present when absent. */
  readonly startAt?: string | number | Date
  /** URL of a PostgreSQL server, on which a database is made and removed; an embedded database when absent. */
  readonly postgres?: string
  /** URL of a Redis for the reservations of requests; they are in memory when absent. */
  readonly redis?: string
  /**
   * Where games' states are kept: in the folders of their engines alone, as when this is absent, or in the database, as by
   * `galaxy-backend`.
   */
  readonly engineState?: "folder" | "database"
  /** Settings of the backend and of the gateway. */
  readonly backend?: Partial<BackendServerOptions>
  readonly gateway?: Partial<GatewayOptions>
}

type Named<N extends ReadonlyArray<string>> = { readonly [I in keyof N]: TestPlayer.TestPlayer }

/** A running platform of a test. Waits are in real time and end with an error that says what was waited for. */
export interface TestGalaxy extends AsyncDisposable {
  /** Origin of the gateway, which players use. It stays the same over restarts. */
  readonly gatewayUrl: string
  /** Origin of the backend's own surfaces, such as the admin API. It stays the same over restarts. */
  readonly backendUrl: string
  /** The first administrator. */
  readonly admin: { readonly user: string; readonly password: string }
  /** A call of the admin API; `path` begins after `/api/v1/admin`. Rejects with `AdminCallFailed`. */
  readonly adminCall: AdminCall
  /** Signs players in, each on a new device. The same name again is another device of the same player. */
  players<const N extends ReadonlyArray<string>>(...names: N): Promise<Named<N>>
  players(count: number): Promise<ReadonlyArray<TestPlayer.TestPlayer>>
  /** A private game of the first player, with all seated as `Race_<name>`; it runs. */
  game(players: ReadonlyArray<TestPlayer.TestPlayer>, options?: games.GameOptions): Promise<Game>
  /** A public game: running with these players, or in enrolment for those who will apply. */
  publicGame(players?: ReadonlyArray<TestPlayer.TestPlayer>, options?: games.GameOptions): Promise<Game>
  /** Lets time pass. Where several turns of a game fall due in it, one is made. */
  advance(by: Span): Promise<void>
  /** Lets time pass until the game has this turn; those before it are made one by one. */
  advanceToTurn(game: games.GameRef, turn: number): Promise<Game>
  /** The platform's time. */
  now(): Date
  /** Mails that have arrived, oldest first; only those to one address, if it is given. */
  mails(to?: string): ReadonlyArray<OutgoingMail>
  /** Takes the oldest mail to the address that hasn't been taken yet, or waits for one. */
  mail(to: string, fits?: (mail: OutgoingMail) => boolean): Promise<OutgoingMail>
  /** Breaks something until the fault is undone. */
  readonly fail: Faults
  /** Puts the clock of one player's device ahead, or back. */
  skew(player: TestPlayer.TestPlayer, by: Span): Fault
  /** Ends a part and starts it again. `hard` ends the backend like a power failure, in the middle of its work. */
  restart(part: Platform.PartName, options?: { readonly hard?: boolean }): Promise<void>
  /** Makes the platform as it was at its start, without players, games and faults. Faster than another platform. */
  reset(): Promise<void>
  close(): Promise<void>
}
