/** What a host decides about signing in: the key of the codes, and how often a code may be asked for or guessed. */
import { Context, Effect, Layer, Redacted } from "effect"

export interface AuthSettingsShape {
  /** Keys the hashes of codes: the same for all backends of a database. 32 bytes. */
  readonly codeKey: Redacted.Redacted<Uint8Array>
  /** Milliseconds that a code is valid for. */
  readonly codeLifetimeMs: number
  /** Wrong codes that burn a challenge. */
  readonly maxAttempts: number
  /** Guesses per address in any 24 hours, over all its challenges. */
  readonly maxDailyAttempts: number
  /** Within this time an address gets at most `throttleLimit` codes; then the last one stands. */
  readonly throttleWindowMs: number
  readonly throttleLimit: number
  /** BCP 47 tag of mails when the player asks for no language. */
  readonly defaultLanguage: string
}

export const defaults: Omit<AuthSettingsShape, "codeKey"> = {
  codeLifetimeMs: 10 * 60_000,
  maxAttempts: 5,
  maxDailyAttempts: 100,
  throttleWindowMs: 60_000,
  throttleLimit: 1,
  defaultLanguage: "en"
}

export class AuthSettings extends Context.Service<AuthSettings, AuthSettingsShape>()(
  "@galaxy/core/auth/AuthSettings"
) {}

/** Shortest key: as long as the hash that it keys. */
const minKeyBytes = 32

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
