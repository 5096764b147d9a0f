/** Kinds and channels of the embedding program as the core takes them. */
import type { Json, JsonObject } from "@galaxy/contract/fbs/codec"
import * as Core from "@galaxy/core/notification/channels/Channel"
import { type ForeignKinds, faultOfName } from "@galaxy/core/notification/ForeignKinds"
import type { MailWords } from "@galaxy/core/mail/MailWords"
import { Effect } from "effect"
import { GalaxyStartFailed } from "../errors.ts"
import { type Channel, ChannelDeferred, ChannelRejected, type Kinds, type MailText, type MailTexts } from "../kinds.ts"
import { codeOf, faultFields } from "./faults.ts"

/** Channels by name, as in the options. */
export type Channels = Readonly<Record<string, Channel>>

const longestSubject = 200

const wordsOf = ({ subject, text }: MailText): MailWords => ({
  subject: subject
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim()
    .slice(0, longestSubject)
    .toWellFormed(),
  paragraphs: text
    .split(/\r?\n[ \t]*\r?\n/)
    .map((it) => it.trim())
    .filter((it) => it !== "")
})

const ownOf = (texts: MailTexts<unknown>, language: string) =>
  Object.hasOwn(texts, language) ? texts[language] : undefined

const mailOf =
  (texts: MailTexts<unknown>) =>
  (language: string, payload: JsonObject): MailWords =>
    wordsOf((ownOf(texts, language) ?? ownOf(texts, language.split("-")[0] ?? "") ?? texts.en)(payload))

/** Throws `GalaxyStartFailed` where a name can't be used or a channel is missing. */
export const foreignKinds = (kinds: Kinds, channels: Channels): ForeignKinds =>
  Object.fromEntries(
    Object.entries(kinds).map(([name, { channels: by = [], mail, push = true }]) => {
      const fault = faultOfName(name)
      if (fault !== undefined) throw new GalaxyStartFailed("invalid_options", `kinds: "${name}": ${fault}`)
      const missing = by.find((it) => !Object.hasOwn(channels, it))
      if (missing !== undefined)
        throw new GalaxyStartFailed(
          "invalid_options",
          `kinds: "${name}" goes by channel "${missing}", which is missing`
        )
      return [name, { pushed: push, channels: by, mail: mail === undefined ? undefined : mailOf(mail) }]
    })
  )

type Outcome = { readonly outcome: Core.ChannelRejected | Core.ChannelDeferred; readonly fault?: unknown }

const outcomeOf = (cause: unknown): Outcome => {
  if (cause instanceof ChannelRejected)
    return { outcome: new Core.ChannelRejected({ reason: codeOf(cause.message, "rejected") }) }
  if (cause instanceof ChannelDeferred)
    return { outcome: new Core.ChannelDeferred({ reason: codeOf(cause.message, "deferred") }) }
  return { outcome: new Core.ChannelDeferred({ reason: "failed" }), fault: cause }
}

const channelOf =
  (channel: Channel): Core.Channel =>
  ({ user: { userId, email, language }, ...message }) =>
    Effect.tryPromise({
      try: async (signal) => channel({ ...message, user: { userId, email, language } }, { signal }),
      catch: outcomeOf
    }).pipe(
      Effect.tapError(({ fault }) =>
        fault === undefined
          ? Effect.void
          : Effect.annotateLogs(Effect.logWarning("a channel failed"), faultFields(fault))
      ),
      Effect.mapError(({ outcome }) => outcome),
      Effect.asVoid
    )

/** The channels, whose errors are told by kind and place. */
export const coreChannels = (channels: Channels): Core.Channels =>
  Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, channelOf(channel)]))

/** A value as it comes back from the database; undefined where it isn't a JSON object. */
export const asJsonObject = (value: unknown): JsonObject | undefined => {
  const text: string | undefined = JSON.stringify(value)
  const json = text === undefined ? undefined : (JSON.parse(text) as Json)
  return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as JsonObject) : undefined
}
