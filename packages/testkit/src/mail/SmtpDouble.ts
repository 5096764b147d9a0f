/**
 * A mail relay in the test's process: a real SMTP server on loopback, which takes or refuses mails as the test says.
 *
 * What it does to a mail is its `mode`, which may change at any time and holds from the next command on.
 */
import type { AddressInfo } from "node:net"
import { parseMail } from "@galaxy/host-node/mail/catcher/parseMail"
import { Effect, type Scope } from "effect"
import { SMTPServer } from "smtp-server"
import { MailRelay, type Received, type RelayMode } from "../contract/mailTransport.ts"

/**
 * How it treats mails. `defer` (451) and `reject` (550) answer to the recipient, `greylist` (450) and `reject-data` (554)
 * to the message. `hang` takes the message and does not answer. `mute` never greets, `shut` refuses the connection (554),
 * `no-auth` refuses every password (535), and `gone` breaks all connections when a message has come.
 */
export type Mode = RelayMode | "mute" | "gone" | "reject-data" | "greylist" | "shut" | "no-auth"

const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

/** A relay without TLS that listens on 127.0.0.1. */
export interface SmtpDouble {
  readonly port: number
  mode: Mode
  /** The mails it has taken, oldest first. */
  readonly received: Array<Received>
  /** Calls for every message whose body has come, before it is answered. */
  onMessage: (messageId: string) => void
  /** Messages whose body has come, answered or not. */
  messages: number
  connections: number
  /** Takes what it has left unanswered. */
  readonly answerHeld: () => void
  /** Listens again after `close`, on this port or on any for 0. Rejects when the port is taken. */
  readonly listen: (port: number) => Promise<number>
  /** Ends the connections and frees the port. */
  readonly close: () => Promise<void>
}

/** A relay that takes every mail, on this port or on any for 0. Whoever opens it closes it. */
export const open = async (port = 0): Promise<SmtpDouble> => {
  let mode: Mode = "accept"
  let server: SMTPServer | undefined
  let bound = 0
  let held: Array<() => void> = []
  const relay: SmtpDouble = {
    get port() {
      return bound
    },
    get mode() {
      return mode
    },
    set mode(next) {
      mode = next
    },
    received: [],
    onMessage: () => undefined,
    messages: 0,
    connections: 0,
    answerHeld: () => {
      const waiting = held
      held = []
      for (const take of waiting) take()
    },
    listen: (at) => {
      const made = new SMTPServer({
        authOptional: true,
        disabledCommands: ["STARTTLS"],
        disableReverseLookup: true,
        closeTimeout: 50,
        onConnect: (_session, callback) => {
          relay.connections++
          if (mode === "mute") return
          callback(mode === "shut" ? refusal(554, "no service for you") : null)
        },
        onAuth: (_auth, _session, callback) =>
          mode === "no-auth" ? callback(refusal(535, "bad credentials")) : callback(null, { user: "galaxy" }),
        onRcptTo: (address, _session, callback) => {
          if (mode === "reject") callback(refusal(550, `5.1.1 <${address.address}>: no such user`))
          else if (mode === "defer") callback(refusal(451, `4.7.1 <${address.address}>: try later`))
          else callback(null)
        },
        onData: (stream, session, callback) => {
          const chunks: Array<Buffer> = []
          stream.on("data", (chunk: Buffer) => chunks.push(chunk))
          stream.on("end", () => {
            const { headers, messageId, from, subject, text, html } = parseMail(Buffer.concat(chunks))
            const recipients = session.envelope.rcptTo.map((it) => it.address)
            relay.messages++
            relay.onMessage(messageId)
            const take = () => {
              relay.received.push({ messageId, from, recipients, subject, text, html, headers })
              callback(null, "queued")
            }
            if (mode === "hang") {
              held.push(take)
              return
            }
            if (mode === "gone") {
              for (const it of made.connections) it._socket.destroy()
              return
            }
            if (mode === "reject-data") return callback(refusal(554, `5.7.1 spam for ${recipients.join()}`))
            if (mode === "greylist") return callback(refusal(450, `4.2.0 greylisted ${recipients.join()}`))
            take()
          })
        }
      })
      made.on("error", () => undefined)
      server = made
      return new Promise((resolve, reject) => {
        const listening = made.listen(at, "127.0.0.1", () => {
          bound = (listening.address() as AddressInfo).port
          resolve(bound)
        })
        listening.once("error", reject)
      })
    },
    close: () =>
      new Promise((resolve) => {
        if (server === undefined) resolve()
        else server.close(() => resolve())
      })
  }
  await relay.listen(port)
  return relay
}

/** A relay that closes with the scope. */
export const scoped: Effect.Effect<SmtpDouble, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => open()),
  (relay) => Effect.promise(() => relay.close())
)

/** Lets the suite `mailTransport` direct this relay. */
export const mailRelay = (relay: SmtpDouble): MailRelay["Service"] => {
  let reach: () => void = () => undefined
  let reached = Promise.resolve()
  return MailRelay.of({
    mode: (mode) =>
      Effect.sync(() => {
        relay.mode = mode
        relay.received.length = 0
        reached = new Promise((resolve) => {
          reach = resolve
        })
        relay.onMessage = () => reach()
      }),
    received: Effect.sync(() => [...relay.received]),
    reached: Effect.suspend(() => Effect.promise(() => reached))
  })
}
