/** The order in which an envelope is verified, as wire.md fixes it: one line per step. */
import { routeOf } from "@galaxy/contract/routes/MessageRoutes"
import { protocolVersion } from "@galaxy/contract/signing/SigningInput"
import { Context, Effect, Layer } from "effect"
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
import { budget } from "./stages/budget.ts"
import { form } from "./stages/form.ts"
import { freshness } from "./stages/freshness.ts"
import { replay } from "./stages/replay.ts"
import type { Examined, Stage, Verified } from "./stages/Stage.ts"
import { active, known } from "./stages/session.ts"

/**
 * Runs the checks of wire.md in order and fails with the refusal of the first that doesn't pass. Refusals of steps 1 to
 * 6 count as failed verifications of the sender's address.
 */
export class Verifier extends Context.Service<
  Verifier,
  {
    verify(rpc: Examined["rpc"], envelope: Envelope, peer: Peer): Effect.Effect<Verified, Refusal>
  }
>()("@galaxy/edge/Verifier") {}

const version: Stage = (examined) =>
  examined.envelope.protocolVersion === protocolVersion
    ? Effect.succeed(examined)
    : Effect.fail(
        new UnsupportedProtocolVersion({ message: `this gateway supports protocol version ${protocolVersion}` })
      )

const routed: Stage = (examined) =>
  examined.rpc === "subscribe" || routeOf(examined.envelope.messageType) !== undefined
    ? Effect.succeed(examined)
    : Effect.fail(
        new UnsupportedMessageType({ message: `${examined.envelope.messageType} is not a known message type` })
      )

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

      const failed = FailedVerifications.make(budgets)
      const signed = SignedRequests.make(budgets)
      const verified: Stage = (examined) =>
        Effect.as(failed.verified(examined.peer, examined.session?.userId ?? ""), examined)

      const stages: ReadonlyArray<Stage> = [
        form(settings.maxPayloadBytes),
        version,
        known(sessions),
        active,
        payloadHash(crypto),
        signature(crypto),
        signed.mayAsk,
        freshness(crypto, settings),
        signed.mayReserve,
        replay(store, crypto, settings),
        signed.reserved,
        verified,
        budget(budgets),
        routed
      ]

      const pass = Effect.fnUntraced(function* (progress: { examined: Examined }) {
        yield* failed.mayTry(progress.examined.peer)
        for (const stage of stages) progress.examined = yield* stage(progress.examined)
        const { examined } = progress
        const { session } = examined
        return session === undefined ? yield* new SessionUnknown() : { ...examined, session }
      })

      const verify = (rpc: Examined["rpc"], envelope: Envelope, peer: Peer) =>
        Effect.suspend(() => {
          const progress: { examined: Examined } = { examined: { envelope, peer, rpc, session: undefined } }
          return Effect.tapError(pass(progress), ({ _tag }) =>
            Effect.andThen(failed.refused(peer, _tag), signed.refused(progress.examined, _tag))
          )
        })

      return Verifier.of({ verify })
    })
  )
