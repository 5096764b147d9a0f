/** Steps 5 and 6: the hash is the payload's, and the session's key signed the envelope. */
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Mac } from "effect/crypto"
import { andThen } from "../Awaitable.ts"
import type { EdgeCrypto } from "../EdgeCrypto.ts"
import { InvalidSignature, PayloadHashMismatch } from "../Refusal.ts"
import type { Stage } from "./Stage.ts"

/** Step 5: refuses with `PayloadHashMismatch`. Hashes are compared in constant time. */
export const payloadHash =
  (crypto: EdgeCrypto["Service"]): Stage =>
  ({ envelope }) =>
    andThen(crypto.sha256(envelope.payloadBytes), (hash) =>
      Mac.timingSafeEqual(hash, envelope.payloadHash) ? undefined : new PayloadHashMismatch()
    )

/** Step 6: refuses with `InvalidSignature`, also where no earlier stage has found a session. */
export const signature =
  (crypto: EdgeCrypto["Service"]): Stage =>
  ({ envelope, session }) =>
    session === undefined
      ? new InvalidSignature()
      : andThen(crypto.verify(session.publicKey, SigningInput.request(envelope), envelope.signature), (isRight) =>
          isRight ? undefined : new InvalidSignature()
        )
