/** Steps 5 and 6: the hash is the payload's, and the session's key signed the envelope. */
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Effect } from "effect"
import { Mac } from "effect/crypto"
import type { EdgeCrypto } from "../EdgeCrypto.ts"
import { InvalidSignature, PayloadHashMismatch } from "../Refusal.ts"
import type { Stage } from "./Stage.ts"

/** Step 5: fails with `PayloadHashMismatch`. Hashes are compared in constant time. */
export const payloadHash =
  (crypto: EdgeCrypto["Service"]): Stage =>
  (examined) =>
    Effect.flatMap(crypto.sha256(examined.envelope.payloadBytes), (hash) =>
      Mac.timingSafeEqual(hash, examined.envelope.payloadHash)
        ? Effect.succeed(examined)
        : Effect.fail(new PayloadHashMismatch())
    )

/** Step 6: fails with `InvalidSignature`, also where no earlier stage has found a session. */
export const signature =
  (crypto: EdgeCrypto["Service"]): Stage =>
  (examined) =>
    examined.session === undefined
      ? Effect.fail(new InvalidSignature())
      : Effect.flatMap(
          crypto.verify(
            examined.session.publicKey,
            SigningInput.request(examined.envelope),
            examined.envelope.signature
          ),
          (verifies) => (verifies ? Effect.succeed(examined) : Effect.fail(new InvalidSignature()))
        )
