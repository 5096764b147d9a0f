/**
 * Notifies players by every channel of the kind, in the transaction of the fact.
 *
 * One notification per kind and idempotency key, one route per recipient and channel. A malformed intent is put aside
 * and never fails or delays the producer. Mails that players cause are bounded: beyond the limits, the mail is skipped
 * and the event is still sent.
 */
import { isPlayerMailKind } from "@galaxy/contract/events/EventKinds"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Result, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { letter } from "../mail/Letter.ts"
import type { Mail } from "../mail/Mail.ts"
import { MailOutbox } from "../mail/MailOutbox.ts"
import type { MailWords } from "../mail/MailWords.ts"
import type { UnsubscribeLinks } from "../mail/UnsubscribeLinks.ts"
import { PushLog } from "../push/PushLog.ts"
import { languageOf } from "../shared/mailLanguage.ts"
import { joining } from "../shared/joining.ts"
import { newId } from "../shared/NewId.ts"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { StorageError } from "../shared/StorageError.ts"
import { AccountStore, type Contact } from "../account/AccountStore.ts"
import { Standing } from "../standing/Standing.ts"
import * as ChannelQueue from "./channels/ChannelQueue.ts"
import type { ForeignKinds } from "./ForeignKinds.ts"
import { defaults, type NotificationLimits, operatorsHaveRoom, withRoom } from "./mailRoom.ts"
import { excerpt, type Intent, type KnownIntent, type Prepared, prepare, reasonOf } from "./Intent.ts"
import * as Routes from "./Routes.ts"
import type { Route } from "./Routes.ts"

/** The intent of an embedding program can't be used; the message says why. */
export class IntentMalformed extends Schema.TaggedError<IntentMalformed>()("IntentMalformed", {
  message: Schema.String
}) {}

/** Notifies players by event and mail. A malformed intent is quarantined and logged, not an error. */
export class Notifications extends Context.Service<
  Notifications,
  {
    /** Joins the caller's transaction. Submitting the same fact again does nothing. */
    submit(intent: KnownIntent): Effect.Effect<void, StorageError>
    /** The same for several facts. Those without a mail take the statements of one; the others come after them. */
    submitAll(intents: ReadonlyArray<KnownIntent>): Effect.Effect<void, StorageError>
    /**
     * As `submit`, for a kind of the embedding program, which wants to know of a malformed intent: it fails, and nothing
     * is put aside.
     */
    submitForeign(intent: Intent): Effect.Effect<void, IntentMalformed | StorageError>
    /**
     * Takes the locks of everybody whom the caller's transaction is going to tell something. A transaction that submits
     * to several players one after the other calls it before the first, and after its other locks: otherwise two that
     * tell the same players in another order deadlock (docs/decisions/0208).
     */
    lock(userIds: ReadonlyArray<UserId>): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/notification/Notifications") {}

/** How notifications are sent. */
export interface NotificationOptions extends NotificationLimits {
  /** The operators' address. Without it, what they would be told is stored as skipped, and logged. */
  readonly operators?: { readonly address: string; readonly language: string } | undefined
  /** Makes the link by which a player stops mails of a kind; without it, mails have none. */
  readonly unsubscribe?: UnsubscribeLinks["Service"]["link"] | undefined
  /** Kinds of the embedding program; none when absent. */
  readonly foreign?: ForeignKinds | undefined
}

/** A valid intent, and what it is stored and sent as. */
interface Fact {
  readonly intent: Intent
  readonly prepared: Prepared
}

/** Recipients that may not act, as `Standing` says, get nothing and are recorded as skipped. */
export const layer = (
  options: Partial<NotificationOptions> = {}
): Layer.Layer<
  Notifications,
  never,
  SqlClient.SqlClient | PushLog | MailOutbox | Standing | AccountStore | DatabaseSignal
> =>
  Layer.effect(
    Notifications,
    Effect.gen(function* () {
      const limits = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const signal = yield* DatabaseSignal
      const push = yield* PushLog
      const mail = yield* MailOutbox
      const accounts = yield* AccountStore
      const standing = yield* Standing

      const quarantine = (intent: Intent, fault: string) =>
        sql
          .withTransaction(
            Effect.gen(function* () {
              const now = yield* DateTime.nowAsDate
              yield* sql`
              INSERT INTO backend.notification_malformed_intents (id, received_at, payload, reason, created_at)
              VALUES (${yield* newId}, ${now}, ${excerpt(intent)}::text::jsonb, ${reasonOf(fault)}, ${now})`
              yield* Effect.logWarning("a malformed notification was put aside")
            })
          )
          .pipe(
            // A savepoint in the producer's transaction: a failure here undoes only this.
            Effect.catch((error) =>
              Effect.logError("a malformed notification was lost").pipe(
                Effect.annotateLogs(StorageError.fieldsOf(error))
              )
            ),
            Effect.annotateLogs({ kind: reasonOf(JSON.stringify(intent.kind)).slice(0, 64) })
          )

      /** The recipients who may act; the others get nothing. A blocked address never does. */
      const told = ({ evenEnded }: Intent, userIds: ReadonlyArray<UserId>) =>
        evenEnded === true
          ? Effect.map(
              accounts.facts(userIds),
              (all) => new Set(all.filter((it) => !it.addressBlocked).map((it) => it.userId))
            )
          : standing.active(userIds)

      const reachable = Effect.fnUntraced(function* (intent: Intent, userIds: ReadonlyArray<UserId>) {
        const contacts = yield* accounts.contacts([...(yield* told(intent, userIds))])
        return new Map(contacts.map((it) => [it.userId, it]))
      })

      /** The ids of the notifications by their intents. A fact that was submitted before has none. */
      const record = Effect.fnUntraced(function* (facts: ReadonlyArray<Fact>, now: Date) {
        const ids = new Map<string, Fact>()
        for (const fact of facts) ids.set(yield* newId, fact)
        const rows = [...ids].map(([notification_id, { intent, prepared }]) => ({
          notification_id,
          kind: intent.kind,
          idempotency_key: intent.idempotencyKey,
          sender_user_id: prepared.mailSender ?? null,
          payload: prepared.stored
        }))
        const inserted = yield* sql<{ id: string }>`
          INSERT INTO backend.notifications
            (notification_id, kind, idempotency_key, sender_user_id, payload, created_at)
          SELECT n.notification_id, n.kind, n.idempotency_key, n.sender_user_id, n.payload::jsonb, ${now}::timestamptz
          FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
            AS n(notification_id uuid, kind text, idempotency_key text, sender_user_id uuid, payload text)
          ON CONFLICT (kind, idempotency_key) DO NOTHING RETURNING notification_id AS id`
        const made = new Set(inserted.map((it) => it.id))
        return [...ids].flatMap(([id, fact]) => (made.has(id) ? [{ id, ...fact }] : []))
      })

      const mailOf = (
        intent: Intent,
        prepared: Prepared,
        words: (language: string) => MailWords,
        to: { readonly key: string; readonly address: string; readonly language: string; readonly link?: string }
      ): Mail => {
        const { mailExpiresAt: expiresAt } = prepared
        return {
          templateId: intent.kind,
          idempotencyKey: `${intent.idempotencyKey}:${to.key}`,
          to: to.address,
          ...letter(words(to.language), { language: languageOf(to.language), unsubscribe: to.link }),
          ...(expiresAt === undefined ? {} : { expiresAt })
        }
      }

      const linkFor = (kind: string, userId: UserId) =>
        limits.unsubscribe !== undefined && (isPlayerMailKind(kind) || Object.hasOwn(options.foreign ?? {}, kind))
          ? Effect.map(limits.unsubscribe({ userId, kind }), (link) => ({ link }))
          : Effect.succeed({})

      const eventsOf = ({ intent: { kind }, prepared: { event } }: Fact, told: ReadonlyArray<UserId>) =>
        event === undefined ? [] : told.map((userId) => ({ userId, kind, payload: event }))

      const pushRoutes = ({ prepared: { event, recipients } }: Fact, told: ReadonlySet<UserId>) =>
        event === undefined
          ? []
          : recipients.map(
              (user_id): Route => ({ channel: "push", user_id, status: told.has(user_id) ? "published" : "skipped" })
            )

      /** The event of each recipient. Locks them until the commit, which the counting of their mails relies on. */
      const pushTo = Effect.fnUntraced(function* (fact: Fact, told: ReadonlyArray<UserId>) {
        yield* push.append(eventsOf(fact, told))
        return pushRoutes(fact, new Set(told))
      })

      const mailTo = Effect.fnUntraced(function* (
        intent: Intent,
        prepared: Prepared,
        reached: ReadonlyMap<UserId, Contact>
      ) {
        const { mail: words, mailSender: sender, recipients } = prepared
        if (words === undefined) return []
        const willing = recipients.filter((it) => reached.get(it)?.mailKindsOff.includes(intent.kind) === false)
        const room =
          sender === undefined
            ? new Set(willing)
            : yield* withRoom(sql, limits, { kind: intent.kind, sender, recipients: willing })
        const mailed = [...reached.values()].filter((it) => room.has(it.userId))
        const deliveries = yield* mail.enqueueAll(
          yield* Effect.forEach(mailed, ({ email: address, language, userId }) =>
            Effect.map(linkFor(intent.kind, userId), (link) =>
              mailOf(intent, prepared, words, { key: userId, address, language, ...link })
            )
          )
        )
        const deliveryOf = new Map(mailed.map((it, at) => [it.userId, deliveries[at]]))
        return recipients.map((user_id): Route => {
          const delivery_id = deliveryOf.get(user_id)
          return delivery_id === undefined
            ? { channel: "email", user_id, status: "skipped" }
            : { channel: "email", user_id, status: "enqueued", delivery_id }
        })
      })

      const mailToOperators = Effect.fnUntraced(function* (intent: Intent, prepared: Prepared) {
        const skipped = (why: string) =>
          Effect.as(Effect.annotateLogs(Effect.logWarning(`operators weren't mailed: ${why}`), { kind: intent.kind }), {
            channel: "email",
            user_id: null,
            status: "skipped"
          } satisfies Route)
        const { operators: to } = limits
        if (to === undefined || prepared.mail === undefined) return yield* skipped("they have no address")
        if (!(yield* operatorsHaveRoom(sql, limits, intent.kind))) return yield* skipped("they had enough of this kind")
        const delivery_id = yield* mail.enqueue(mailOf(intent, prepared, prepared.mail, { key: "operators", ...to }))
        return { channel: "email", user_id: null, status: "enqueued", delivery_id } satisfies Route
      })

      const routesOf = Effect.fnUntraced(function* (intent: Intent, prepared: Prepared) {
        if (prepared.mailTo === "operators") return [yield* mailToOperators(intent, prepared)]
        if (prepared.mail === undefined) {
          const active = yield* told(intent, prepared.recipients)
          return yield* pushTo(
            { intent, prepared },
            prepared.recipients.filter((it) => active.has(it))
          )
        }
        const reached = yield* reachable(intent, prepared.recipients)
        const pushes = yield* pushTo(
          { intent, prepared },
          prepared.recipients.filter((it) => reached.has(it))
        )
        return [...pushes, ...(yield* mailTo(intent, prepared, reached))]
      })

      /** Deliveries by the channels of a foreign kind, to those who may act. */
      const channelsTo = Effect.fnUntraced(function* (
        id: string,
        intent: Intent,
        { channels, recipients }: Prepared,
        now: Date
      ) {
        if (channels.length === 0) return
        const active = yield* told(intent, recipients)
        const reached = recipients.filter((it) => active.has(it))
        yield* ChannelQueue.enqueue(sql, id, channels, reached, now)
        yield* signal.send("galaxy_channels")
      })

      const fanOut = Effect.fnUntraced(function* (intent: Intent, prepared: Prepared) {
        const now = yield* DateTime.nowAsDate
        const [made] = yield* record([{ intent, prepared }], now)
        if (made === undefined) return
        yield* Routes.record(sql, [{ notificationId: made.id, routes: yield* routesOf(intent, prepared) }], now)
        yield* channelsTo(made.id, intent, prepared, now)
      })

      /** Facts that are told by events alone, to whoever may act. */
      const publish = Effect.fnUntraced(function* (facts: ReadonlyArray<Fact>) {
        if (facts.length === 0) return
        const now = yield* DateTime.nowAsDate
        const made = yield* record(facts, now)
        const active = yield* standing.active([...new Set(made.flatMap((it) => it.prepared.recipients))])
        yield* push.append(
          made.flatMap((it) =>
            eventsOf(
              it,
              it.prepared.recipients.filter((user) => active.has(user))
            )
          )
        )
        yield* Routes.record(
          sql,
          made.map((it) => ({ notificationId: it.id, routes: pushRoutes(it, active) })),
          now
        )
      })

      const submit = Effect.fn("Notifications.submit")(function* (intent: Intent) {
        const prepared = prepare(intent)
        if (Result.isFailure(prepared)) return yield* quarantine(intent, prepared.failure)
        yield* sql.withTransaction(fanOut(intent, prepared.success))
      }, StorageError.refail)

      const submitForeign = Effect.fn("Notifications.submitForeign")(function* (intent: Intent) {
        const prepared = prepare(intent, options.foreign)
        if (Result.isFailure(prepared)) return yield* new IntentMalformed({ message: prepared.failure })
        yield* sql.withTransaction(fanOut(intent, prepared.success))
      }, StorageError.refail)

      const submitAll = Effect.fn("Notifications.submitAll")(function* (intents: ReadonlyArray<KnownIntent>) {
        const [plain, rest]: [Array<Fact>, Array<KnownIntent>] = [[], []]
        for (const intent of intents) {
          const prepared = prepare(intent)
          const isPlain =
            Result.isSuccess(prepared) &&
            prepared.success.mail === undefined &&
            prepared.success.mailTo !== "operators" &&
            prepared.success.channels.length === 0 &&
            intent.evenEnded !== true
          if (isPlain) plain.push({ intent, prepared: prepared.success })
          else rest.push(intent)
        }
        yield* joining(sql, Effect.andThen(publish(plain), Effect.forEach(rest, submit, { discard: true })))
      }, StorageError.refail)

      // Only those who are going to get something: nothing is kept for an account that is gone.
      const lock = Effect.fn("Notifications.lock")((userIds: ReadonlyArray<UserId>) =>
        Effect.flatMap(standing.active([...new Set(userIds)]), (active) => push.lock([...active]))
      )

      return Notifications.of({ submit, submitAll, submitForeign, lock })
    })
  )
