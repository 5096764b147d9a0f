/** `notify`: checks everything before the database is asked, so that nothing malformed is stored. */
import { UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import type { Intent } from "@galaxy/core/notification/Intent"
import { Notifications } from "@galaxy/core/notification/Notifications"
import { Effect } from "effect"
import { type Kinds, type Notification, NotificationRefused } from "../kinds.ts"
import { asJsonObject } from "./ownKinds.ts"

const isId = (it: unknown): it is string => typeof it === "string" && uuidPattern.test(it)

/** Turns a notification into an intent. Rejects with `NotificationRefused`. */
export const intentOf = async (kinds: Kinds, name: string, given: Notification<unknown>): Promise<Intent> => {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined) throw new NotificationRefused(`there is no kind "${name}" in the options`)
  const checked = await kind.payload["~standard"].validate(given.payload)
  if (checked.issues !== undefined)
    throw new NotificationRefused(`the payload of ${name}: ${checked.issues.map((it) => it.message).join("; ")}`)
  const payload = asJsonObject(checked.value)
  if (payload === undefined) throw new NotificationRefused(`the payload of ${name} must be an object`)
  const recipients: ReadonlyArray<unknown> = "userIds" in given ? given.userIds : [given.userId]
  if (!Array.isArray(recipients) || !recipients.every(isId))
    throw new NotificationRefused("recipients must be ids of users")
  return { kind: name, idempotencyKey: given.key, recipients: recipients.map((it) => UserId.make(it)), payload }
}

/** Stores the intent, in the surrounding transaction if there is one. */
export const submit = (intent: Intent) =>
  Effect.flatMap(Notifications, (notifications) => notifications.submitForeign(intent)).pipe(
    Effect.catchTag("IntentMalformed", ({ message }) => Effect.fail(new NotificationRefused(message)))
  )
