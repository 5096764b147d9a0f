/** Steps 5 and 6: the hash is the payload's, and the session's key signed the envelope. */
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Effect } from "effect"
import type { EdgeCrypto } from "../EdgeCrypto.ts"
import { InvalidSignature, PayloadHashMismatch } from "../Refusal.ts"
import type { Stage } from "./Stage.ts"

/** Takes the same time wherever the first difference is. */
const equal = (left: Uint8Array, right: Uint8Array): boolean => {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}

export const payloadHash =
  (crypto: EdgeCrypto["Service"]): Stage =>
  (examined) =>
    Effect.flatMap(crypto.sha256(examined.envelope.payloadBytes), (hash) =>
      equal(hash, examined.envelope.payloadHash) ? Effect.succeed(examined) : Effect.fail(new PayloadHashMismatch())
    )

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
