/** A mail relay in memory, and a sender that all contestants share. */
import type { AddressInfo } from "node:net"
import { MailTransport } from "@galaxy/core/mail/MailTransport"
import * as SmtpMailTransport from "@galaxy/host-node/mail/SmtpMailTransport"
import { Effect, Exit, Layer, Context, Scope } from "effect"
import { SMTPServer } from "smtp-server"

/** Accepts every mail and counts the different ones. */
export const startRelay = async () => {
  const seen = new Set<string>()
  let wanted: { readonly count: number; readonly done: () => void } | undefined
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onData: (stream, session, done) => {
      stream.resume()
      stream.on("end", () => {
        const [to] = session.envelope.rcptTo
        if (to !== undefined) seen.add(to.address)
        done()
        if (wanted !== undefined && seen.size >= wanted.count) wanted.done()
      })
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const { port } = server.server.address() as AddressInfo
  const layer = SmtpMailTransport.layer({ host: "127.0.0.1", port, tls: "none" })
  const scope = Effect.runSync(Scope.make())
  const transport = Context.get(await Effect.runPromise(Layer.buildWithScope(layer, scope)), MailTransport)
  return {
    layer: Layer.succeed(MailTransport, transport),
    send: (to: string, id: string) =>
      Effect.runPromise(
        transport.send({ messageId: `<${id}@galaxy.test>`, from: "Galaxy <galaxy@galaxy.test>", to, subject, text })
      ),
    /** Resolves once so many different recipients have got a mail. */
    received: (count: number) =>
      new Promise<void>((resolve) => {
        if (seen.size >= count) resolve()
        else wanted = { count, done: resolve }
      }),
    forget: () => {
      seen.clear()
      wanted = undefined
    },
    stop: async () => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      await new Promise<void>((resolve) => {
        server.close(resolve)
      })
    }
  }
}
/** A relay that was started. */
export type Relay = Awaited<ReturnType<typeof startRelay>>

/** The mail that everybody sends. */
export const subject = "Turn 7 of your game has been made"
export const text = `${"The news of the turn is in your client. ".repeat(12)}\n`
