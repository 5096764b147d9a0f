/** What a host decides about signing in: the key of the codes, how long they live, how many are mailed and guessed at. */
import { Context, Effect, Layer, Redacted } from "effect"

export interface AuthSettingsShape {
  /** Keys the hashes of codes, addresses and networks: the same for all backends of a database. 32 bytes. */
  readonly codeKey: Redacted.Redacted<Uint8Array>
  /** Milliseconds that a code is valid for. */
  readonly codeLifetimeMs: number
  /** Wrong codes that burn a challenge. */
  readonly maxAttempts: number
  /** Within this time an address gets at most `throttleLimit` codes from one network; then the last one stands. */
  readonly throttleWindowMs: number
  readonly throttleLimit: number
  /** Login mails that an address gets in any hour for requests from one network. */
  readonly mailsPerHour: number
  /** Login mails that an address gets in any 24 hours, whoever asks. */
  readonly mailsPerDay: number
  /** How many of those are kept for networks from which the address has signed in; at most `mailsPerDay`. */
  readonly mailsKept: number
  /** Milliseconds after its last sign-in that a network counts as one from which the address has signed in. */
  readonly networkMemoryMs: number
  /** BCP 47 tag of mails when the player asks for no language. */
  readonly defaultLanguage: string
}

export const defaults: Omit<AuthSettingsShape, "codeKey"> = {
  codeLifetimeMs: 10 * 60_000,
  maxAttempts: 5,
  throttleWindowMs: 60_000,
  throttleLimit: 1,
  mailsPerHour: 5,
  mailsPerDay: 100,
  mailsKept: 50,
  networkMemoryMs: 90 * 24 * 60 * 60_000,
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
