/**
 * Takes the mails of a platform that is being tried, and shows them: SMTP for the user `galaxy`, and a page for whoever has
 * its key. `MAIL_SMTP_PASSWORD` and `MAIL_PAGE_KEY` (20 characters or more) must be set.
 */
import * as JsonLog from "@galaxy/host-node/logging/JsonLog"
import * as MailCatcher from "@galaxy/host-node/mail/catcher/MailCatcher"
import { launch } from "@galaxy/host-node/processes/launch"
import { Effect, Layer, Redacted } from "effect"

const { MAIL_SMTP_PASSWORD: password = "", MAIL_PAGE_KEY: key = "", MAIL_SMTP_ADDR, MAIL_PAGE_ADDR } = process.env

const placeOf = (address = "") => {
  const [, host, port] = /^(.+):(\d+)$/.exec(address) ?? []
  return { host: host ?? "0.0.0.0", port: Number(port ?? 0) }
}

if (password === "" || key.length < 20) {
  console.error("MAIL_SMTP_PASSWORD must be set, and MAIL_PAGE_KEY must have 20 characters or more.")
  process.exit(2)
}
const smtp = placeOf(MAIL_SMTP_ADDR)
const page = placeOf(MAIL_PAGE_ADDR)
const catcher = MailCatcher.layer({
  isShared: true,
  host: smtp.host,
  smtpPort: smtp.port,
  httpPort: page.port,
  key: Redacted.make(key),
  smtpPassword: Redacted.make(password)
})
await launch(
  Layer.provideMerge(catcher, JsonLog.layer({ level: "info", target: { stream: process.stdout } })),
  Effect.logInfo("the mail catcher is ready")
)
