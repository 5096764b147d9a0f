/** Notifications as the backend runs them: with links that stop mails, and with what follows when a mail is given up. */
import { Effect, Layer, type Redacted } from "effect"
import * as MailSwitches from "../account/MailSwitches.ts"
import { DeliveryFate } from "../mail/DeliveryFate.ts"
import * as MailDeliveries from "../mail/MailDeliveries.ts"
import * as MailWorker from "../mail/MailWorker.ts"
import * as UnsubscribeLinks from "../mail/UnsubscribeLinks.ts"
import * as ChannelDeliveries from "./channels/ChannelDeliveries.ts"
import type { ForeignKinds } from "./ForeignKinds.ts"
import type { NotificationLimits } from "./mailRoom.ts"
import * as MailFate from "./MailFate.ts"
import * as NotificationLedger from "./NotificationLedger.ts"
import * as Notifications from "./Notifications.ts"
import * as Unsubscriptions from "./Unsubscriptions.ts"

/** What a host may set; see `CoreOptions`. */
export interface TellingOptions {
  readonly secret: Redacted.Redacted<Uint8Array>
  readonly publicUrl?: UnsubscribeLinks.UnsubscribeLinksOptions["publicUrl"] | undefined
  readonly adminEmail?: string | undefined
  /** Language of mails to operators. */
  readonly defaultLanguage?: string | undefined
  readonly notifications?: Partial<NotificationLimits> | undefined
  /** Kinds of the embedding program. */
  readonly kinds?: ForeignKinds | undefined
}

/** Where links lead when the host doesn't say: the gateway's default address. */
const defaultUrl = "http://127.0.0.1:8080"

/** `Notifications`, what operators see of them and of mails, and what follows from mails. Works on the outboxes. */
export const layer = ({ secret, publicUrl, adminEmail, defaultLanguage, notifications, kinds }: TellingOptions) => {
  const operators = adminEmail === undefined ? undefined : { address: adminEmail, language: defaultLanguage ?? "en" }
  const told = Layer.unwrap(
    Effect.map(UnsubscribeLinks.UnsubscribeLinks, ({ link }) =>
      Notifications.layer({ ...notifications, operators, unsubscribe: link, foreign: kinds })
    )
  )
  const otherKinds = new Set(
    Object.entries(kinds ?? {}).flatMap(([name, { mail }]) => (mail === undefined ? [] : [name]))
  )
  return MailDeliveries.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(MailFate.layer, Unsubscriptions.layer, NotificationLedger.layer, ChannelDeliveries.layer)
    ),
    Layer.provideMerge(told),
    Layer.provide(
      Layer.mergeAll(
        UnsubscribeLinks.layer({ secret, publicUrl: publicUrl ?? defaultUrl, otherKinds }),
        MailSwitches.layer
      )
    )
  )
}

/** The mail worker, which tells `DeliveryFate` of mails that it gives up. */
export const mailWorker = (options: MailWorker.MailWorkerOptions) =>
  Layer.unwrap(
    Effect.map(DeliveryFate, ({ deadLettered }) => MailWorker.layer({ onDeadLetter: deadLettered, ...options }))
  )
