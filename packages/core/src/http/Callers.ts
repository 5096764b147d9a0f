/**
 * Who may call the backend's REST surfaces and subscribe to its push stream, and how a token is compared.
 *
 * There is no default: whoever mounts the surfaces must decide, since an admitted caller is believed about the player
 * it calls for.
 */
import { Redacted } from "effect"
import { Mac } from "effect/crypto"

/** Whoever has the token, or everybody, on a network whose operator lets nobody but gateways reach the listener. */
export type Callers =
  | { readonly gatewayToken: Redacted.Redacted; readonly trustedNetwork?: undefined }
  | { readonly trustedNetwork: true; readonly gatewayToken?: undefined }

const utf8 = new TextEncoder()

/**
 * Returns whether a caller with this token is let in; `""` stands for none. On a trusted network everybody is;
 * elsewhere an empty token lets nobody in. The time doesn't depend on how much of the token is right.
 */
export const admits = ({ gatewayToken, trustedNetwork }: Callers, given: string): boolean =>
  gatewayToken === undefined
    ? trustedNetwork
    : given !== "" && Mac.timingSafeEqual(utf8.encode(given), utf8.encode(Redacted.value(gatewayToken)))
