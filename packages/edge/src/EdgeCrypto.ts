/** Port: the gateway's own key and the checks of others', on the fastest thing that the host has. */
import { Context, type Effect } from "effect"

export class EdgeCrypto extends Context.Service<
  EdgeCrypto,
  {
    /** Raw Ed25519 key of this gateway, 32 bytes. */
    readonly publicKey: Uint8Array
    readonly sign: (message: Uint8Array) => Effect.Effect<Uint8Array>
    /** False for a wrong signature and for a key that is none. */
    readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Effect.Effect<boolean>
    readonly sha256: (bytes: Uint8Array) => Effect.Effect<Uint8Array>
  }
>()("@galaxy/edge/EdgeCrypto") {}
