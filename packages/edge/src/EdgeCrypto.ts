/** Port: signing with the gateway's key and checking the signatures of others, as fast as the host can. */
import { Context } from "effect"
import type { Awaitable } from "./Awaitable.ts"

/**
 * Ed25519 (RFC 8032) and SHA-256. Nothing here fails: what can't be checked doesn't verify, and what is thrown or rejects is a
 * defect. Results that are there at once are returned as they are; a key that is kept elsewhere signs with a promise.
 */
export class EdgeCrypto extends Context.Service<
  EdgeCrypto,
  {
    /** Raw Ed25519 key of this gateway, 32 bytes. */
    readonly publicKey: Uint8Array
    readonly sign: (message: Uint8Array) => Awaitable<Uint8Array>
    /** False for a wrong signature, and for bytes that are not a valid key. */
    readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Awaitable<boolean>
    readonly sha256: (bytes: Uint8Array) => Awaitable<Uint8Array>
  }
>()("@galaxy/edge/EdgeCrypto") {}
