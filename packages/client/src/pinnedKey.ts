/**
 * The pinned key of a gateway. What follows it to other keys is loaded where something comes that it hasn't signed: hardly
 * ever, and a page shouldn't wait for it.
 */
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import type { GatewayKeysOptions } from "./GatewayKeys.ts"
import { type GatewayKey, gatewayKey } from "./verify.ts"

const readKey = async (text: string) => {
  const publicKey = PublicKey.parse(text)
  return publicKey && gatewayKey(publicKey)
}

/**
 * An honest key of 32 bytes, as `GatewayKeys` has it. If that can't be loaded, the pinned key counts alone.
 */
export const make = async (publicKey: Uint8Array<ArrayBuffer>, options: GatewayKeysOptions): Promise<GatewayKey> => {
  const pin = await gatewayKey(publicKey)
  let keys: GatewayKey | undefined
  const follow = async () => {
    const module = await import("./GatewayKeys.ts").catch(() => undefined)
    keys ??= module?.make(pin, readKey, options)
  }
  return {
    get publicKey() {
      return (keys ?? pin).publicKey
    },
    isUnpublished: () => keys?.isUnpublished() === true,
    verifies: async (message, signature) => {
      if (keys === undefined) {
        if (await pin.verifies(message, signature)) return true
        await follow()
      }
      return keys?.verifies(message, signature) ?? false
    }
  }
}
