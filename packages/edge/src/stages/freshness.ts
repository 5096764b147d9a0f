/** Step 7: the timestamp is close to this gateway's clock. A client whose clock is off gets the time, signed. */
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import type { Clock } from "effect"
import { type Awaitable, andThen } from "../Awaitable.ts"
import type { EdgeCrypto } from "../EdgeCrypto.ts"
import { StaleRequest } from "../Refusal.ts"
import type { Stage } from "./Stage.ts"

/** The refusal of a stale request, with the time signed for it. */
export const stale = (crypto: EdgeCrypto["Service"], requestId: string, clock: number): Awaitable<StaleRequest> => {
  const now = Math.floor(clock)
  return andThen(
    crypto.sign(SigningInput.serverTime({ requestId, serverTimeMs: BigInt(now) })),
    (serverTimeSignature) => new StaleRequest({ serverTimeMs: now, serverTimeSignature })
  )
}

/** Refuses with `StaleRequest` outside the window, whose bounds are inclusive. */
export const freshness = (
  crypto: EdgeCrypto["Service"],
  clock: Clock.Clock,
  window: { readonly freshnessPastMs: number; readonly freshnessFutureMs: number }
): Stage => {
  const [past, future] = [BigInt(window.freshnessPastMs), BigInt(window.freshnessFutureMs)]
  return ({ envelope: { timestampMs, requestId } }) => {
    const now = Math.floor(clock.currentTimeMillisUnsafe())
    const age = BigInt(now) - timestampMs
    return age <= past && -age <= future ? undefined : stale(crypto, requestId, now)
  }
}
