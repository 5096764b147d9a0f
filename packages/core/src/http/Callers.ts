/**
 * Who may call the backend's REST surfaces and subscribe to its push stream, and how a token is compared.
 *
 * Whoever mounts them has to say it; there is no default, since a caller that gets in is believed about the player it
 * calls for.
 */
import { Effect, Redacted } from "effect"

/** Whoever has the token, or everybody, on a network whose operator lets nobody but gateways reach the listener. */
export type Callers =
  | { readonly gatewayToken: Redacted.Redacted; readonly trustedNetwork?: undefined }
  | { readonly trustedNetwork: true; readonly gatewayToken?: undefined }

const utf8 = new TextEncoder()

const digest = (text: string) =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", utf8.encode(text))),
    (hash) => new Uint8Array(hash)
  )

/** Takes the same time however much of the token is right. */
const matches = Effect.fnUntraced(function* (given: string, token: Redacted.Redacted) {
  const left = yield* digest(given)
  const right = yield* digest(Redacted.value(token))
  return left.reduce((sum, byte, index) => sum | (byte ^ (right[index] ?? 0)), 0) === 0
})

/** Whether a caller with this token, or with none (`""`), is let in. An empty token lets in nobody. */
export const admits = (callers: Callers, given: string): Effect.Effect<boolean> => {
  const { gatewayToken, trustedNetwork } = callers
  if (gatewayToken === undefined) return Effect.succeed(trustedNetwork)
  return given === "" ? Effect.succeed(false) : matches(given, gatewayToken)
}
