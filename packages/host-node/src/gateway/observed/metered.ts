/** The edge's ports and parts with measurements around them, for gateways whose metrics somebody reads. */
import { counter, gauge, histogram } from "@galaxy/contract/telemetry/instruments"
import { eventTables, gatewayEventTables } from "@galaxy/contract/events/EventKinds"
import { type Awaitable, isPromise } from "@galaxy/edge/Awaitable"
import { type BudgetKind, Budgets } from "@galaxy/edge/Budgets"
import { EventStreams } from "@galaxy/edge/hub/EventStreams"
import { type PushFrame, PushSource } from "@galaxy/edge/hub/PushSource"
import { type RateLimited, ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import { type OverBudget, ReplayStore } from "@galaxy/edge/ReplayStore"
import { SessionCache } from "@galaxy/edge/SessionCache"
import { type Context, Effect, Layer, Stream } from "effect"
import { Telemetry } from "../../telemetry/Telemetry.ts"

const refused = counter("galaxy.gateway.budget.refused")
const lookups = counter("galaxy.gateway.session_cache.lookups")
const sent = counter("galaxy.gateway.events.sent")
const kinds: ReadonlySet<string> = new Set([...Object.keys(eventTables), ...Object.keys(gatewayEventTables)])
const reserving = histogram("galaxy.gateway.replay.duration")
const connected = gauge("galaxy.gateway.push.connected")
const reconnects = counter("galaxy.gateway.push.reconnects")
const lag = histogram("galaxy.gateway.push.lag")

/**
 * The service that is there as it is, or measured where somebody reads the metrics. What is measured gets every argument, those
 * that are optional too: a type would take a method that passes on fewer.
 */
const around = <I, S>(service: Context.Key<I, S>, measured: (it: S) => S): Layer.Layer<I, never, I> =>
  Layer.effect(
    service,
    Effect.gen(function* () {
      const it = yield* service
      const { metrics } = yield* Telemetry
      return metrics ? measured(it) : it
    })
  )

/** Counts refusals by the budget. */
export const budgets = around(Budgets, (it) => {
  const noted = (refusal: RateLimited | undefined, kind: BudgetKind) => {
    if (refusal !== undefined) refused(1, kind)
    return refusal
  }
  return Budgets.of({
    ...it,
    take: (...asked) => noted(it.take(...asked), asked[0]),
    check: (...asked) => noted(it.check(...asked), asked[0])
  })
})

/** Counts what is found at once and what has to be looked up. */
export const sessions = around(SessionCache, (it) =>
  SessionCache.of({
    ...it,
    find: (...asked) => {
      const found = it.find(...asked)
      lookups(1, isPromise(found) ? "miss" : "hit")
      return found
    }
  })
)

/** Kinds of events that embedding programs have added are one value. */
const kindOf = (kind: string): string => (kinds.has(kind) ? kind : "_OTHER")

/** Counts what goes out on streams. */
export const streams = around(EventStreams, (it) =>
  EventStreams.of({
    open: (envelope, peer, outlet) =>
      it.open(envelope, peer, {
        write: (event) => {
          sent(1, kindOf(event.eventType))
          return outlet.write(event)
        },
        end: (ending, place) => outlet.end(ending, place)
      }),
    subscribe: (...asked) =>
      Stream.map(it.subscribe(...asked), (event) => {
        sent(1, kindOf(event.eventType))
        return event
      })
  })
)

const timed = <A>(call: () => Awaitable<A>): Awaitable<A> => {
  const begun = performance.now()
  const verdict = call()
  const noted = (outcome: A): A => {
    reserving((performance.now() - begun) / 1_000, outcome instanceof ReplayStoreUnavailable ? "unavailable" : "")
    if (isOver(outcome)) refused(1, outcome.over)
    return outcome
  }
  return isPromise(verdict) ? verdict.then(noted) : noted(verdict)
}

const isOver = (outcome: unknown): outcome is OverBudget =>
  typeof outcome === "object" && outcome !== null && "over" in outcome

/** Measures reservations, and counts refusals by budgets that are counted with them. */
export const replay = around(ReplayStore, (it) => {
  const within = it.reserveWithin?.bind(it)
  return ReplayStore.of({
    ...it,
    reserve: (...asked) => timed(() => it.reserve(...asked)),
    ...(within === undefined
      ? {}
      : { reserveWithin: (...asked: Parameters<typeof within>) => timed(() => within(...asked)) })
  })
})

/** Event ids are UUIDs of version 7, whose first 48 bits are the milliseconds of their making. */
const madeAt = (eventId: string): number | undefined =>
  eventId[14] === "7" ? Number.parseInt(eventId.slice(0, 8) + eventId.slice(9, 13), 16) : undefined

const arrived = (frame: PushFrame): PushFrame => {
  if (frame.type === "resume") connected(1)
  const made = frame.type === "event" ? madeAt(frame.event.eventId) : undefined
  if (made !== undefined) lag(Math.max(0, Date.now() - made) / 1_000)
  return frame
}

/** Measures the push stream. */
export const push = around(PushSource, (it) => {
  let opened = 0
  connected(0)
  return PushSource.of({
    frames: (...asked) =>
      Stream.suspend(() => {
        if (opened++ > 0) reconnects(1)
        return it.frames(...asked).pipe(Stream.map(arrived), Stream.ensuring(Effect.sync(() => connected(0))))
      })
  })
})
