import { MailDeferred, MailRejected } from "@galaxy/core/mail/MailTransport"
import { accept, type RelayAnswer, layerMemory, MemoryMail } from "@galaxy/core/mail/MemoryMailTransport"
import * as Contract from "@galaxy/testkit/contract/mailTransport"
import { contract } from "@galaxy/testkit/contract/vitest"
import { Deferred, Effect, Layer } from "effect"

const relay = Layer.effect(
  Contract.MailRelay,
  Effect.gen(function* () {
    const memory = yield* MemoryMail
    let before = 0
    let reached = yield* Deferred.make<void>()
    const answers: Record<Contract.RelayMode, RelayAnswer> = {
      accept,
      defer: () => Effect.fail(new MailDeferred({ reason: "451 4.7.1" })),
      reject: () => Effect.fail(new MailRejected({ reason: "550 5.1.1" })),
      hang: () => Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
    }
    return Contract.MailRelay.of({
      mode: (mode) =>
        Effect.gen(function* () {
          before = (yield* memory.accepted).length
          reached = yield* Deferred.make<void>()
          yield* memory.answer(answers[mode])
        }),
      received: Effect.map(memory.accepted, (all) =>
        all.slice(before).map((it) => ({ ...it, html: it.html, recipients: [it.to], headers: [] }))
      ),
      reached: Effect.suspend(() => Deferred.await(reached))
    })
  })
).pipe(Layer.provideMerge(layerMemory))

contract("MailTransport contract: memory", Contract.mailTransport(relay))
