/** What every `MailTransport` adapter does. Run it once per adapter, with a relay that the suite can direct. */
import { MailTransport, type OutgoingMail } from "@galaxy/core/mail/MailTransport"
import { Context, Effect, Fiber, type Layer } from "effect"
import { TestClock } from "effect/testing"
import * as assert from "../internal/assert.ts"
import { type Case, casesOf } from "./Case.ts"

/** How the relay treats mails: accepts them, refuses them temporarily (4xx) or permanently (5xx), or never answers. */
export type RelayMode = "accept" | "defer" | "reject" | "hang"

/** A mail as it reached the relay. */
export interface Received {
  readonly messageId: string
  readonly from: string
  /** The recipients in the envelope. */
  readonly recipients: ReadonlyArray<string>
  readonly subject: string
  readonly text: string
  readonly html: string | undefined
  /** Names of all header fields; empty if the adapter makes none. */
  readonly headers: ReadonlyArray<string>
}

/** The relay behind the adapter, directed by the suite. */
export class MailRelay extends Context.Service<
  MailRelay,
  {
    mode(mode: RelayMode): Effect.Effect<void>
    /** What it has accepted since `mode` was last called, oldest first. */
    readonly received: Effect.Effect<ReadonlyArray<Received>>
    /** Waits until a mail has reached a relay that hangs. */
    readonly reached: Effect.Effect<void>
  }
>()("@galaxy/testkit/contract/MailRelay") {}

const mail = (key: string, more: Partial<OutgoingMail> = {}): OutgoingMail => ({
  messageId: `<${key}@galaxy.test>`,
  from: "Galaxy <galaxy@galaxy.test>",
  to: "ada@example.test",
  subject: "Your code",
  text: "It is 112358.\n",
  ...more
})

const trimmed = (text: string | undefined) => text?.replaceAll("\r\n", "\n").trim()

/** What every `MailTransport` does. */
export const mailTransport = <E>(adapter: Layer.Layer<MailTransport | MailRelay, E>): ReadonlyArray<Case> =>
  casesOf(adapter, (it) => {
    const inMode = (mode: RelayMode) =>
      Effect.gen(function* () {
        const relay = yield* MailRelay
        yield* relay.mode(mode)
        return { relay, transport: yield* MailTransport }
      })

    it("hands over the mail as it is, under its Message-ID", () =>
      Effect.gen(function* () {
        const { relay, transport } = yield* inMode("accept")
        const html = "<p>Es ist <b>112358</b>.</p>"
        const sent = mail("whole", { subject: "Дальний космос — ваш код ✓", text: "Grüße, 宇宙\n.\nEnde\n", html })
        const accepted = yield* transport.send(sent)
        assert.match(accepted.reply, /^2\d\d( \d\.\d+\.\d+)?$/)
        const [received, ...more] = yield* relay.received
        assert.strictEqual(more.length, 0)
        assert.deepInclude(received, {
          messageId: sent.messageId,
          from: sent.from,
          recipients: [sent.to],
          subject: sent.subject
        })
        assert.strictEqual(trimmed(received?.text), trimmed(sent.text))
        assert.strictEqual(trimmed(received?.html), html)
      }))

    it("sends many at once, each to its own recipient", () =>
      Effect.gen(function* () {
        const { relay, transport } = yield* inMode("accept")
        const wanted = Array.from({ length: 40 }, (_, i) => ({ id: `<m${i}@galaxy.test>`, to: `to-${i}@example.test` }))
        yield* Effect.forEach(wanted, ({ id, to }) => transport.send(mail("many", { messageId: id, to })), {
          concurrency: "unbounded"
        })
        const received = (yield* relay.received).map((it) => ({ id: it.messageId, to: it.recipients.join() }))
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
        assert.deepStrictEqual(received.toSorted(byId), wanted.toSorted(byId))
      }))

    it("a permanent refusal is MailRejected, and doesn't name an address", () =>
      Effect.gen(function* () {
        const { relay, transport } = yield* inMode("reject")
        const error = yield* Effect.flip(transport.send(mail("rejected")))
        assert.strictEqual(error._tag, "MailRejected")
        assert.match(error.reason, /^5\d\d/)
        assert.notInclude(JSON.stringify(error) + String(error), "ada")
        assert.strictEqual((yield* relay.received).length, 0)
      }))

    it("a temporary refusal is MailDeferred, and the next mail goes through", () =>
      Effect.gen(function* () {
        const { relay, transport } = yield* inMode("defer")
        const error = yield* Effect.flip(transport.send(mail("deferred")))
        assert.strictEqual(error._tag, "MailDeferred")
        assert.match(error.reason, /^4\d\d/)
        assert.notInclude(JSON.stringify(error) + String(error), "ada")
        yield* relay.mode("accept")
        yield* transport.send(mail("deferred"))
        assert.strictEqual((yield* relay.received).length, 1)
      }))

    it("an interrupted send ends at once, and the next mail goes through", () =>
      Effect.gen(function* () {
        const { relay, transport } = yield* inMode("hang")
        const sending = yield* Effect.forkChild(transport.send(mail("hanging")))
        yield* TestClock.withLive(Effect.timeout(relay.reached, "10 seconds"))
        yield* TestClock.withLive(Effect.timeout(Fiber.interrupt(sending), "5 seconds"))
        yield* relay.mode("accept")
        yield* transport.send(mail("after"))
        assert.deepStrictEqual(
          (yield* relay.received).map((it) => it.messageId),
          ["<after@galaxy.test>"]
        )
      }))

    const badAddresses = [
      "",
      "ada",
      "ada@example.test, eve@evil.test",
      "ada@example.test\r\nBcc: eve@evil.test",
      "Ada <ada@example.test>",
      "ada@example.test>\r\nRCPT TO:<eve@evil.test",
      "ada@exam ple.test",
      "a:b@example.test;",
      `${"a".repeat(70)}@example.test`
    ]
    it("refuses permanently anything but one plain address", () =>
      Effect.gen(function* () {
        const { relay, transport } = yield* inMode("accept")
        for (const to of badAddresses) {
          const error = yield* Effect.flip(transport.send(mail("address", { to })))
          assert.deepInclude(error, { _tag: "MailRejected", reason: "address" })
        }
        assert.strictEqual((yield* relay.received).length, 0)
      }))

    it("a line break in the subject doesn't add a header", () =>
      Effect.gen(function* () {
        const { relay, transport } = yield* inMode("accept")
        yield* transport.send(mail("subject", { subject: "Hello\r\nBcc: eve@evil.test\r\n\r\nbody" }))
        const [received] = yield* relay.received
        assert.deepStrictEqual(received?.recipients, ["ada@example.test"])
        assert.notInclude(received?.headers ?? ["bcc"], "bcc")
        assert.strictEqual(trimmed(received?.text), "It is 112358.")
      }))
  })
