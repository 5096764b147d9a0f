/**
 * One user's events for one stream: all kept events above the client's number, then live ones, without gaps or repeats.
 *
 * `last` is the number up to which everything was sent or reported as a gap. An event is passed on only if it is the
 * next one; otherwise something is missing, and is read from the backend.
 */
import { Effect, Option, Ref, Stream } from "effect"
import type { EndReason, Inbox, Registration } from "./PushHub.ts"
import type { LiveEvent } from "./PushSource.ts"

/** A page of kept events from the backend. */
export interface KeptEvents {
  readonly events: ReadonlyArray<LiveEvent>
  /** The range of kept numbers; 0 and 0 before the first event. */
  readonly oldest: number
  readonly newest: number
}

/** What is sent to the client, before it is signed. */
export type Outgoing =
  | { readonly type: "server_time"; readonly newest: number }
  | { readonly type: "event"; readonly event: LiveEvent }
  | { readonly type: "gap"; readonly first: number; readonly last: number; readonly resumedAfter: number }
  | { readonly type: "heartbeat" }

/** The client's position, the inbox from the hub, and how pages are read and ends become errors. */
export interface EventStreamOptions<E> {
  readonly deviceSessionId: string
  /** The client's last number; 0 for live events only. */
  readonly resumeAfter: number
  readonly registration: Registration
  readonly page: (after: number, limit: number) => Effect.Effect<KeptEvents, E>
  /** Fails when the stream may not continue: its end may be among what was missed. */
  readonly mayGoOn: Effect.Effect<void, E>
  readonly onEnd: (reason: EndReason) => E
  readonly pageSize: number
  readonly heartbeatMillis: number
}

const gap = (first: number, last: number): Outgoing => ({ type: "gap", first, last, resumedAfter: last })

/**
 * Starts with `server_time`. Where the client's number is beyond the newest, a gap follows and the stream continues
 * after the newest. Fails as `page` and `mayGoOn` do, and with `onEnd` at the end of the registration.
 */
export const make = <E>(options: EventStreamOptions<E>): Stream.Stream<Outgoing, E> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { resumeAfter } = options
      // Only to learn the newest number: events are read once the stream has begun.
      const first = yield* options.page(resumeAfter, 1)
      // The backend hasn't reached this number: its database may have been restored from a copy.
      const ahead = resumeAfter > first.newest
      const last = yield* Ref.make(resumeAfter === 0 || ahead ? first.newest : resumeAfter)
      const opening: ReadonlyArray<Outgoing> = [
        { type: "server_time", newest: first.newest },
        ...(ahead
          ? [{ type: "gap", first: first.newest + 1, last: resumeAfter, resumedAfter: first.newest } as const]
          : [])
      ]
      return Stream.fromIterable(opening).pipe(Stream.concat(kept(options, last)), Stream.concat(live(options, last)))
    })
  )

/** Accepts one event: the event itself, after a gap where numbers are missing. */
const advance = (options: EventStreamOptions<unknown>, last: Ref.Ref<number>, event: LiveEvent) =>
  Ref.modify(last, (at): readonly [ReadonlyArray<Outgoing>, number] => {
    if (event.sequence <= at) return [[], at]
    const missing = event.sequence > at + 1 ? [gap(at + 1, event.sequence - 1)] : []
    const foreign = event.deviceSessionId !== "" && event.deviceSessionId !== options.deviceSessionId
    return [foreign ? missing : [...missing, { type: "event", event }], event.sequence]
  })

/** All kept events above `last`, page by page. */
const kept = <E>(options: EventStreamOptions<E>, last: Ref.Ref<number>): Stream.Stream<Outgoing, E> =>
  Stream.paginate<undefined, Outgoing, E>(
    undefined,
    Effect.fnUntraced(function* () {
      const page = yield* options.page(yield* Ref.get(last), options.pageSize)
      const out: Array<Outgoing> = []
      for (const event of page.events) out.push(...(yield* advance(options, last, event)))
      const at = yield* Ref.get(last)
      if (page.events.length === 0 && page.newest > at) {
        // Everything above has expired already.
        yield* Ref.set(last, page.newest)
        out.push(gap(at + 1, page.newest))
      }
      if (page.newest < at) {
        // The database was restored from a copy: numbers that were sent will be given again.
        yield* Ref.set(last, page.newest)
        out.push({ type: "gap", first: page.newest + 1, last: at, resumedAfter: page.newest })
      }
      const more = page.events.length >= options.pageSize
      return [out, more ? Option.some(undefined) : Option.none()] as const
    })
  )

const live = <E>(options: EventStreamOptions<E>, last: Ref.Ref<number>): Stream.Stream<Outgoing, E> => {
  const heard = options.registration.take.pipe(
    Effect.timeoutOption(options.heartbeatMillis),
    Effect.map(Option.getOrUndefined)
  )
  const react = (item: Inbox | undefined): Stream.Stream<Outgoing, E> => {
    if (item === undefined) return Stream.succeed({ type: "heartbeat" })
    switch (item.type) {
      case "end":
        return Stream.fail(options.onEnd(item.reason))
      case "catchUp":
        return Stream.unwrap(Effect.as(options.mayGoOn, kept(options, last)))
      case "event":
        return Stream.unwrap(
          Effect.map(Ref.get(last), (at) => {
            if (item.event.sequence > at + 1) return kept(options, last)
            return Stream.fromIterableEffect(advance(options, last, item.event))
          })
        )
    }
  }
  return Stream.fromEffectRepeat(heard).pipe(Stream.flatMap(react))
}
