/**
 * The pinned key of a gateway. What follows it to other keys is loaded where something comes that it hasn't signed: hardly
 * ever, and a page shouldn't wait for it.
 */
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import type { Following } from "./GatewayKeys.ts"
import { type GatewayKey, gatewayKey } from "./verify.ts"

/** An honest key of 32 bytes, as `GatewayKeys` has it. If that can't be loaded, the pinned key counts alone. */
export const make = async (publicKey: Uint8Array<ArrayBuffer>, following: Following): Promise<GatewayKey> => {
  const pin = await gatewayKey(publicKey)
  const key: GatewayKey = {
    publicKey,
    isUnpublished: false,
    verifies: async (message, signature, timeMs) => {
      if (await pin.verifies(message, signature)) return true
      const keys = await import("./GatewayKeys.ts").catch(() => undefined)
      return keys !== undefined && keys.of(key, pin, PublicKey.parse, gatewayKey, following)(message, signature, timeMs)
    }
  }
  return key
}
