/** A provider of mails in the test's process, which the suite directs. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { OutgoingMail } from "@galaxy/core/mail/MailTransport"
import { MailRelay, type Received, type RelayMode } from "@galaxy/testkit/contract/mailTransport"
import { Effect, Layer, Redacted } from "effect"
import * as HttpMail from "./HttpMail.ts"

const statusOf = { accept: 202, defer: 503, reject: 422 } as const

const receivedOf = ({ messageId, from, to, subject, text, html }: OutgoingMail): Received => ({
  messageId,
  from,
  recipients: [to],
  subject,
  text,
  html,
  headers: []
})

/** The transport, with a provider of its own. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    let mode: RelayMode = "accept"
    let received: Array<Received> = []
    let reached = Promise.withResolvers<void>()
    const server = createServer((request, response) => {
      let text = ""
      request.on("data", (chunk) => (text += String(chunk)))
      request.on("end", () => {
        reached.resolve()
        if (mode === "hang") return
        if (mode === "accept") received.push(receivedOf(JSON.parse(text) as OutgoingMail))
        response.writeHead(statusOf[mode]).end()
      })
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
      () =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    )
    const relay = Layer.succeed(MailRelay, {
      mode: (next) =>
        Effect.sync(() => {
          mode = next
          received = []
          reached = Promise.withResolvers<void>()
        }),
      received: Effect.sync(() => received),
      reached: Effect.promise(() => reached.promise)
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mails`
    return Layer.merge(relay, HttpMail.layer({ url, key: Redacted.make("a-key") }))
  })
)
