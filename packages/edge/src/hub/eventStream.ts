/**
 * One user's events for one stream: every kept one above the client's number, then live, without hole or repeat.
 *
 * `last` is the number up to which everything was sent (or told of as a gap). An event moves on only if it is the next
 * one; anything else means that something is missing, and that is read from the backend.
 */
import { Effect, Option, Ref, Stream } from "effect"
import type { Inbox, Registration } from "./PushHub.ts"
import type { LiveEvent } from "./PushSource.ts"

/** The backend's page of kept events. */
export interface KeptEvents {
  readonly events: ReadonlyArray<LiveEvent>
  /** What is kept; 0 and 0 before the first event. */
  readonly oldest: number
  readonly newest: number
}

/** What goes to the client, before it is signed. */
export type Outgoing =
  | { readonly type: "server_time"; readonly newest: number }
  | { readonly type: "event"; readonly event: LiveEvent }
  | { readonly type: "gap"; readonly first: number; readonly last: number; readonly resumedAfter: number }
  | { readonly type: "heartbeat" }

export interface EventStreamOptions<E> {
  readonly deviceSessionId: string
  /** The client's last number; 0 for live events only. */
  readonly resumeAfter: number
  readonly registration: Registration
  readonly page: (after: number, limit: number) => Effect.Effect<KeptEvents, E>
  /** Fails when the stream may not go on: its end may be among what was missed. */
  readonly mayGoOn: Effect.Effect<void, E>
  readonly onEnd: (reason: "session_revoked" | "shutting_down") => E
  readonly pageSize: number
  readonly heartbeatMillis: number
}

const gap = (first: number, last: number): Outgoing => ({ type: "gap", first, last, resumedAfter: last })

export const make = <E>(options: EventStreamOptions<E>): Stream.Stream<Outgoing, E> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { resumeAfter } = options
      // Only to know the newest: what is kept is read once the stream has begun.
      const first = yield* options.page(resumeAfter, 1)
      // A number that the backend hasn't reached: the client is of another time, or of a database that was restored.
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

/** Takes one event of the backend in: itself, with a gap before it where numbers are missing. */
const advance = (options: EventStreamOptions<unknown>, last: Ref.Ref<number>, event: LiveEvent) =>
  Ref.modify(last, (at): readonly [ReadonlyArray<Outgoing>, number] => {
    if (event.sequence <= at) return [[], at]
    const missing = event.sequence > at + 1 ? [gap(at + 1, event.sequence - 1)] : []
    const foreign = event.deviceSessionId !== "" && event.deviceSessionId !== options.deviceSessionId
    return [foreign ? missing : [...missing, { type: "event", event }], event.sequence]
  })

/** Everything that is kept above `last`, page by page. */
const kept = <E>(options: EventStreamOptions<E>, last: Ref.Ref<number>): Stream.Stream<Outgoing, E> =>
  Stream.paginate<undefined, Outgoing, E>(
    undefined,
    Effect.fnUntraced(function* () {
      const page = yield* options.page(yield* Ref.get(last), options.pageSize)
      const out: Array<Outgoing> = []
      for (const event of page.events) out.push(...(yield* advance(options, last, event)))
      const at = yield* Ref.get(last)
      if (page.events.length === 0 && page.newest > at) {
        // All that was above is gone already.
        yield* Ref.set(last, page.newest)
        out.push(gap(at + 1, page.newest))
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
