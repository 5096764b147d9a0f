/**
 * Who may call the backend's REST surfaces and subscribe to its push stream, and how a token is compared.
 *
 * Whoever mounts them has to say it; there is no default, since a caller that gets in is believed about the player it
 * calls for.
 */
import { Redacted } from "effect"
import { Mac } from "effect/crypto"

/** Whoever has the token, or everybody, on a network whose operator lets nobody but gateways reach the listener. */
export type Callers =
  | { readonly gatewayToken: Redacted.Redacted; readonly trustedNetwork?: undefined }
  | { readonly trustedNetwork: true; readonly gatewayToken?: undefined }

const utf8 = new TextEncoder()

/**
 * Whether a caller with this token, or with none (`""`), is let in, in the same time however much of the token is right. An
 * empty token lets in nobody.
 */
export const admits = ({ gatewayToken, trustedNetwork }: Callers, given: string): boolean =>
  gatewayToken === undefined
    ? trustedNetwork
    : given !== "" && Mac.timingSafeEqual(utf8.encode(given), utf8.encode(Redacted.value(gatewayToken)))
