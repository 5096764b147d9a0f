import { type AddressInfo, createServer } from "node:net"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { assert, describe, it } from "@effect/vitest"
import { MailTransport, type OutgoingMail } from "@galaxy/core/mail/MailTransport"
import * as Smtp from "@galaxy/host-node/mail/SmtpMailTransport"
import * as Contract from "@galaxy/testkit/contract/mailTransport"
import { contract } from "@galaxy/testkit/contract/vitest"
import * as SmtpDouble from "@galaxy/testkit/mail/SmtpDouble"
import { Context, Effect, Layer, Redacted } from "effect"

const contractRelay = Layer.unwrap(
  Effect.map(SmtpDouble.scoped, (relay) =>
    Layer.merge(
      Layer.succeed(Contract.MailRelay, SmtpDouble.mailRelay(relay)),
      Smtp.layer({ host: "127.0.0.1", port: relay.port, tls: "none", maxConnections: 4 })
    )
  )
)

contract("MailTransport contract: SMTP", Contract.mailTransport(contractRelay))

const mail: OutgoingMail = {
  messageId: "<one@galaxy.test>",
  from: "Galaxy <galaxy@galaxy.test>",
  to: "ada@example.test",
  subject: "Hello",
  text: "Hello"
}

/** A relay of a few lines that offers nothing beyond the plain protocol, and what it has been told. */
const plainRelay = Effect.gen(function* () {
  const heard: Array<string> = []
  const server = createServer((socket) => {
    let message = false
    let rest = ""
    socket.on("error", () => undefined)
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = `${rest}${chunk}`.split("\r\n")
      rest = lines.pop() ?? ""
      for (const line of lines) {
        heard.push(line)
        if (message && line !== ".") continue
        message = line === "DATA"
        socket.write(message ? "354 go on\r\n" : "250 fine\r\n")
      }
    })
    socket.write("220 relay.test\r\n")
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()))),
    () => Effect.sync(() => server.close())
  )
  return { port: (server.address() as AddressInfo).port, heard }
})

const quick = { connectTimeoutMillis: 200, greetingTimeoutMillis: 200, socketTimeoutMillis: 200 }

const sendTo = (options: Smtp.SmtpOptions, what: OutgoingMail = mail) =>
  Effect.gen(function* () {
    const transport = yield* MailTransport
    return yield* transport.send(what)
  }).pipe(Effect.provide(Smtp.layer(options), { local: true }))

const inMode = (mode: SmtpDouble.Mode, more: Partial<Smtp.SmtpOptions> = {}) =>
  Effect.scoped(
    Effect.gen(function* () {
      const relay = yield* SmtpDouble.scoped
      relay.mode = mode
      return yield* Effect.flip(sendTo({ host: "127.0.0.1", port: relay.port, tls: "none", ...quick, ...more }))
    })
  )

describe("SMTP transport", () => {
  const faults: ReadonlyArray<[SmtpDouble.Mode, "MailRejected" | "MailDeferred", RegExp, Partial<Smtp.SmtpOptions>?]> =
    [
      ["reject", "MailRejected", /^550/],
      ["reject-data", "MailRejected", /^554/],
      ["defer", "MailDeferred", /^451/],
      ["greylist", "MailDeferred", /^450/],
      ["hang", "MailDeferred", /^timeout$/],
      ["mute", "MailDeferred", /^timeout$/],
      ["gone", "MailDeferred", /^E[A-Z]+$/],
      // A permanent refusal of us, not of the mail.
      ["shut", "MailDeferred", /^(554|E[A-Z]+)/],
      ["no-auth", "MailDeferred", /^535/, { auth: { user: "galaxy", password: Redacted.make("wrong") } }],
      ["accept", "MailDeferred", /^E[A-Z]+$|^5\d\d|^failed$/, { tls: "required" }],
      ["accept", "MailDeferred", /^E[A-Z]+$|^timeout$/, { tls: "implicit" }]
    ]
  for (const [mode, tag, reason, more] of faults) {
    it.live(`relay in mode ${mode}${more === undefined ? "" : ` with ${Object.keys(more).join()}`} is ${tag}`, () =>
      Effect.gen(function* () {
        const error = yield* inMode(mode, more)
        assert.strictEqual(error._tag, tag)
        assert.match(error.reason, reason)
        assert.notInclude(JSON.stringify(error), "ada")
      })
    )
  }

  const checks: ReadonlyArray<[SmtpDouble.Mode, string | undefined, Partial<Smtp.SmtpOptions>?]> = [
    ["accept", undefined],
    // It is greeted only: how it answers to mails is no concern of a check.
    ["reject", undefined],
    ["mute", "timeout"],
    ["no-auth", "535", { auth: { user: "galaxy", password: Redacted.make("wrong") } }]
  ]
  for (const [mode, reason, more] of checks) {
    it.live(`a check of a relay in mode ${mode} sends no mail and says ${reason ?? "that it is fine"}`, () =>
      Effect.gen(function* () {
        const relay = yield* SmtpDouble.scoped
        relay.mode = mode
        const trouble = yield* Effect.gen(function* () {
          return yield* (yield* MailTransport).check ?? Effect.die("no check")
        }).pipe(
          Effect.match({ onFailure: (error) => error.reason, onSuccess: () => undefined }),
          Effect.provide(Smtp.layer({ host: "127.0.0.1", port: relay.port, tls: "none", ...quick, ...more }))
        )
        assert.strictEqual(trouble?.slice(0, 7), reason)
        assert.deepStrictEqual([relay.connections, relay.messages], [1, 0])
      }).pipe(Effect.scoped)
    )
  }

  it.live("no relay at all is MailDeferred", () =>
    Effect.gen(function* () {
      const port = yield* Effect.promise(
        () =>
          new Promise<number>((resolve) => {
            const server = createServer().listen(0, "127.0.0.1", () => {
              const { port } = server.address() as AddressInfo
              server.close(() => resolve(port))
            })
          })
      )
      const error = yield* Effect.flip(sendTo({ host: "127.0.0.1", port, tls: "none", ...quick }))
      assert.deepInclude(error, { _tag: "MailDeferred" })
    })
  )

  it.live("uses a connection again, and a new one where the relay has closed it", () =>
    Effect.gen(function* () {
      const relay = yield* SmtpDouble.scoped
      const context = yield* Layer.build(Smtp.layer({ host: "127.0.0.1", port: relay.port, tls: "none" }))
      const transport = Context.get(context, MailTransport)
      for (let i = 0; i < 5; i++) yield* transport.send(mail)
      relay.mode = "reject"
      yield* Effect.flip(transport.send(mail))
      relay.mode = "accept"
      yield* transport.send(mail)
      assert.strictEqual(relay.connections, 1)
      const { port } = relay
      yield* Effect.promise(() => relay.close())
      yield* Effect.promise(() => relay.listen(port))
      yield* transport.send(mail)
      assert.strictEqual(relay.connections, 2)
      assert.strictEqual(relay.received.length, 7)
    }).pipe(Effect.scoped)
  )

  it.live("says where mails of its kind are stopped with one click, on one line each", () =>
    Effect.gen(function* () {
      const lines = yield* plainRelay
      const to = { host: "127.0.0.1", port: lines.port, tls: "none" } as const
      yield* sendTo(to, mail)
      assert.notMatch(lines.heard.join("\n"), /List-Unsubscribe/i)
      const unsubscribe = `https://galaxy.example.org/stop?token=${"a-b_c1".repeat(20)}`
      yield* sendTo(to, { ...mail, unsubscribe })
      assert.include(lines.heard, `List-Unsubscribe: <${unsubscribe}>`)
      assert.include(lines.heard, "List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    }).pipe(Effect.scoped)
  )

  it.live("writes the domain of a recipient in ASCII, so that any relay takes it", () =>
    Effect.gen(function* () {
      const lines = yield* plainRelay
      yield* sendTo({ host: "127.0.0.1", port: lines.port, tls: "none" }, { ...mail, to: "ada@bücher.example" })
      assert.include(lines.heard, "RCPT TO:<ada@xn--bcher-kva.example>")
      assert.include(lines.heard, "To: ada@xn--bcher-kva.example")
      for (const line of lines.heard) assert.match(line, /^[\x20-\x7E]*$/)
    }).pipe(Effect.scoped)
  )

  it.live("goes on where connections are swallowed, those that lie idle and the one in use", () =>
    Effect.gen(function* () {
      const relay = yield* SmtpDouble.scoped
      const link = yield* FaultyLink.make("127.0.0.1", relay.port)
      const context = yield* Layer.build(
        Smtp.layer({ host: link.host, port: link.port, tls: "none", socketTimeoutMillis: 3_000 })
      )
      const transport = Context.get(context, MailTransport)
      const many = Effect.forEach([1, 2, 3], () => transport.send(mail), { concurrency: 3 })
      yield* many
      yield* link.swallow
      // Each would fail by itself otherwise.
      yield* transport.send(mail)
      yield* many
      relay.onMessage = () => {
        Effect.runSync(link.swallow)
      }
      const error = yield* Effect.flip(transport.send(mail))
      assert.deepInclude(error, { _tag: "MailDeferred", reason: "timeout" })
      relay.onMessage = () => undefined
      yield* transport.send(mail)
    }).pipe(Effect.scoped)
  )

  it.live("leaves nothing open behind it", () =>
    Effect.gen(function* () {
      const relay = yield* Effect.promise(() => SmtpDouble.open())
      yield* sendTo({ host: "127.0.0.1", port: relay.port, tls: "none" })
      yield* Effect.promise(() => relay.close())
      assert.strictEqual(relay.received.length, 1)
    })
  )
})

describe("SMTP URL", () => {
  const fine: ReadonlyArray<[string, Partial<Smtp.SmtpOptions>]> = [
    ["smtp://relay.example.org", { host: "relay.example.org", port: 587, tls: "required" }],
    ["smtps://relay.example.org", { port: 465, tls: "implicit" }],
    ["smtp://127.0.0.1:2525", { host: "127.0.0.1", port: 2525, tls: "none" }],
    ["smtp://[::1]:2525", { host: "::1", tls: "none" }],
    ["smtp://relay.example.org:25?tls=opportunistic", { port: 25, tls: "opportunistic" }],
    ["smtp://localhost?tls=required", { tls: "required" }]
  ]
  for (const [url, wanted] of fine) {
    it.effect(url, () =>
      Effect.gen(function* () {
        assert.deepInclude(yield* Smtp.fromUrl(url), wanted)
      })
    )
  }

  it.effect("decodes and hides the password", () =>
    Effect.gen(function* () {
      const { auth } = yield* Smtp.fromUrl("smtp://us%40er:p%3Aw@relay.example.org")
      assert.strictEqual(auth?.user, "us@er")
      assert.strictEqual(auth === undefined ? "" : Redacted.value(auth.password), "p:w")
      assert.notInclude(JSON.stringify(auth), "p:w")
    })
  )

  for (const url of [
    "",
    "relay",
    "http://relay",
    "smtp://",
    "smtp://user@relay",
    "smtp://relay?tls=maybe",
    "smtps://relay?tls=none",
    "smtp://%ff:x@relay"
  ]) {
    it.effect(`refuses '${url}'`, () => Effect.asVoid(Effect.flip(Smtp.fromUrl(url))))
  }
})
