/** Port: signing with the gateway's key and checking the signatures of others, as fast as the host can. */
import { Context, type Effect } from "effect"

/** Ed25519 (RFC 8032) and SHA-256. Nothing here fails: what can't be checked doesn't verify. */
export class EdgeCrypto extends Context.Service<
  EdgeCrypto,
  {
    /** Raw Ed25519 key of this gateway, 32 bytes. */
    readonly publicKey: Uint8Array
    readonly sign: (message: Uint8Array) => Effect.Effect<Uint8Array>
    /** False for a wrong signature, and for bytes that are not a valid key. */
    readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Effect.Effect<boolean>
    readonly sha256: (bytes: Uint8Array) => Effect.Effect<Uint8Array>
  }
>()("@galaxy/edge/EdgeCrypto") {}
