/** The order in which an envelope is verified, as wire.md fixes it: one line per step. */
import { routeOf } from "@galaxy/contract/routes/MessageRoutes"
import { protocolVersion } from "@galaxy/contract/signing/SigningInput"
import { Clock, Context, Effect, Layer } from "effect"
import { type Awaitable, andThen } from "./Awaitable.ts"
import { Budgets } from "./Budgets.ts"
import { EdgeCrypto } from "./EdgeCrypto.ts"
import { EdgeSettings } from "./EdgeSettings.ts"
import type { Envelope, Peer } from "./Envelope.ts"
import * as FailedVerifications from "./FailedVerifications.ts"
import { type Refusal, SessionUnknown, UnsupportedMessageType, UnsupportedProtocolVersion } from "./Refusal.ts"
import { ReplayStore } from "./ReplayStore.ts"
import { SessionCache } from "./SessionCache.ts"
import * as SignedRequests from "./SignedRequests.ts"
import { payloadHash, signature } from "./stages/authenticity.ts"
import { budget, countedBudget, sharedTakes } from "./stages/budget.ts"
import { form } from "./stages/form.ts"
import { freshness } from "./stages/freshness.ts"
import { replay } from "./stages/replay.ts"
import { type Call, inOrder, type Stage, type Verified } from "./stages/Stage.ts"
import { active, known } from "./stages/session.ts"

/**
 * Runs the checks of wire.md in order and returns the refusal of the first that doesn't pass. Refusals of steps 1 to 6 count
 * as failed verifications of the sender's address. When the signal is aborted meanwhile, it is rejected with its reason.
 */
export class Verifier extends Context.Service<
  Verifier,
  {
    verify(rpc: Call["rpc"], envelope: Envelope, peer: Peer, signal?: AbortSignal): Awaitable<Verified | Refusal>
  }
>()("@galaxy/edge/Verifier") {}

const version: Stage = ({ envelope }) =>
  envelope.protocolVersion === protocolVersion
    ? undefined
    : new UnsupportedProtocolVersion({ message: `this gateway supports protocol version ${protocolVersion}` })

const routed: Stage = ({ envelope, rpc }) =>
  rpc === "subscribe" || routeOf(envelope.messageType) !== undefined
    ? undefined
    : new UnsupportedMessageType({ message: `${envelope.messageType} is not a known message type` })

/**
 * Fixes the order of the stages. Ids are reserved (step 8) before budgets are taken (step 9), so a request over budget
 * has used up its id. The bounds around steps 7 and 8 refuse only sessions that go on far beyond their budget.
 */
export const layer: Layer.Layer<Verifier, never, SessionCache | EdgeCrypto | ReplayStore | Budgets | EdgeSettings> =
  Layer.effect(
    Verifier,
    Effect.gen(function* () {
      const settings = yield* EdgeSettings
      const sessions = yield* SessionCache
      const crypto = yield* EdgeCrypto
      const store = yield* ReplayStore
      const budgets = yield* Budgets

      const clock = yield* Clock.Clock

      const failed = FailedVerifications.make(budgets, clock)
      const signed = SignedRequests.make(budgets)
      const mayTry: Stage = ({ peer }) => failed.mayTry(peer)
      const verified: Stage = ({ peer, session }) => {
        failed.verified(peer, session?.userId ?? "")
        return undefined
      }

      const check = inOrder([
        mayTry,
        form(settings.maxPayloadBytes),
        version,
        known(sessions),
        active,
        payloadHash(crypto),
        signature(crypto),
        signed.mayAsk,
        freshness(crypto, clock, settings),
        signed.mayReserve,
        replay(store, crypto, clock, settings, sharedTakes(budgets)),
        signed.reserved,
        verified,
        store.reserveWithin === undefined ? budget(budgets) : countedBudget,
        routed
      ])

      const isVerified = (call: Call): call is Verified => call.session !== undefined

      return Verifier.of({
        verify: (rpc, envelope, peer, signal) => {
          const call: Call = { envelope, peer, rpc, signal, session: undefined }
          return andThen(check(call), (refusal) => {
            if (refusal === undefined) return isVerified(call) ? call : new SessionUnknown()
            failed.refused(peer, refusal._tag)
            signed.refused(call, refusal._tag)
            return refusal
          })
        }
      })
    })
  )
