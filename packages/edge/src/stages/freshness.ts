/** Step 7: the timestamp is close to this gateway's clock. A client whose clock is off gets the time, signed. */
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Clock, Effect } from "effect"
import type { EdgeCrypto } from "../EdgeCrypto.ts"
import { StaleRequest } from "../Refusal.ts"
import type { Stage } from "./Stage.ts"

/** Refuses as stale, with the time signed for this request. */
export const stale = (crypto: EdgeCrypto["Service"], requestId: string, clock: number) =>
  Effect.gen(function* () {
    const now = Math.floor(clock)
    const serverTimeSignature = yield* crypto.sign(SigningInput.serverTime({ requestId, serverTimeMs: BigInt(now) }))
    return yield* new StaleRequest({ serverTimeMs: now, serverTimeSignature })
  })

/** Fails with `StaleRequest` outside the window, whose bounds are inclusive. */
export const freshness =
  (
    crypto: EdgeCrypto["Service"],
    window: { readonly freshnessPastMs: number; readonly freshnessFutureMs: number }
  ): Stage =>
  (examined) =>
    Effect.gen(function* () {
      const now = Math.floor(yield* Clock.currentTimeMillis)
      const { timestampMs, requestId } = examined.envelope
      const age = BigInt(now) - timestampMs
      if (age <= BigInt(window.freshnessPastMs) && -age <= BigInt(window.freshnessFutureMs)) return examined
      return yield* stale(crypto, requestId, now)
    })
