/** Settings of sign-in: the key for codes, their lifetime, and the limits on mails and guesses. */
import { Context, Effect, Layer, Redacted } from "effect"

/** The limits of sign-in. docs/decisions/0502 says what they defend against. */
export interface AuthSettingsShape {
  /** Keys the hashes of codes, addresses and networks: the same for all backends of a database. 32 bytes. */
  readonly codeKey: Redacted.Redacted<Uint8Array>
  /** How long a code is valid, in milliseconds. */
  readonly codeLifetimeMs: number
  /** Wrong codes after which a challenge can't be confirmed any more. */
  readonly maxAttempts: number
  /**
   * Milliseconds in which an address gets at most `throttleLimit` codes from one network. A further request returns the
   * last challenge.
   */
  readonly throttleWindowMs: number
  readonly throttleLimit: number
  /** Login mails that an address gets in any hour for requests from one network. */
  readonly mailsPerHour: number
  /** Login mails that an address gets in any 24 hours, whoever asks. */
  readonly mailsPerDay: number
  /**
   * How many of `mailsPerDay` are reserved for networks from which the address has signed in; at most `mailsPerDay`.
   */
  readonly mailsKept: number
  /** Milliseconds that a network stays known after the address last signed in from it. */
  readonly networkMemoryMs: number
  /** Most sessions of a player. Beyond it a sign-in ends the one that was idle longest. */
  readonly sessionsPerPlayer: number
  /** Milliseconds that a deleted account's data is kept until it is erased. */
  readonly deletedKeptMs: number
  /** BCP 47 tag for mails to players who ask for no language. */
  readonly defaultLanguage: string
}

/** What applies where a host sets nothing. The key has no default. */
export const defaults: Omit<AuthSettingsShape, "codeKey"> = {
  codeLifetimeMs: 10 * 60_000,
  maxAttempts: 5,
  throttleWindowMs: 60_000,
  throttleLimit: 1,
  mailsPerHour: 5,
  mailsPerDay: 100,
  mailsKept: 50,
  networkMemoryMs: 90 * 24 * 60 * 60_000,
  sessionsPerPlayer: 20,
  deletedKeptMs: 30 * 24 * 60 * 60_000,
  defaultLanguage: "en"
}

/** The settings in force, with defaults filled in. */
export class AuthSettings extends Context.Service<AuthSettings, AuthSettingsShape>()(
  "@galaxy/core/auth/AuthSettings"
) {}

/** Shortest key: as long as the hash that it keys. */
const minKeyBytes = 32

/** The given settings over `defaults`. Dies when it is built with a key of fewer than 32 bytes. */
export const layer = (
  settings: Pick<AuthSettingsShape, "codeKey"> & Partial<AuthSettingsShape>
): Layer.Layer<AuthSettings> =>
  Layer.effect(
    AuthSettings,
    Effect.suspend(() =>
      Redacted.value(settings.codeKey).length < minKeyBytes
        ? Effect.die(new Error(`the key of login codes needs ${minKeyBytes} bytes`))
        : Effect.succeed({ ...defaults, ...settings })
    )
  )
