/**
 * One backend behind circuits: what doesn't answer is asked no more than one call at a time, and whoever is held back learns
 * at once when to come again.
 *
 * There is a circuit for each message type, one for sign-in, one for look-ups of sessions and one for histories of events.
 * So a route that hangs holds back nobody else, and a backend that is away opens them all. Until its circuit opens, a route
 * takes no more than its share of the calls that may be made at once (`Lanes`), and no player more than theirs of it.
 *
 * Whatever status the backend answers to a command or to a public call, it has answered: errors open no circuit. Only one that
 * says after seconds that something else is unavailable might as well have said nothing. A call that tries a circuit again runs to
 * its end, whatever becomes of its client. Probes of the backend's readiness go past all of this, to show how it is.
 */
import { gauge } from "@galaxy/contract/telemetry/instruments"
import { Clock, Effect, Exit, Fiber, Layer, type Scope } from "effect"
import { network } from "./address.ts"
import { type Awaitable, isPromise, runIn, toEffect } from "./Awaitable.ts"
import { type BackendAnswer, BackendClient } from "./BackendClient.ts"
import { Circuit, type CircuitOptions, type Ticket } from "./CircuitBreaker.ts"
import { type Lane, Lanes, type LanesOptions } from "./Lanes.ts"
import { monotonicMillisOf } from "./monotonicMillis.ts"
import { BackendUnavailable } from "./Refusal.ts"

const openCircuits = gauge("galaxy.gateway.circuits.open")

/** An answer that something is unavailable counts as none when it has taken so long, in milliseconds. */
const slowMs = 2_000

/** When a call that found no place may come again, in milliseconds. */
const crowdedMs = 1_000

/** What calls of one kind have to pass. */
interface Guard {
  readonly circuit: Circuit
  readonly lane: Lane
}

/** What is asked for, in the log. Message types are as many as there are routes, so this is bounded. */
const guardsOf = (make: (name: string) => Guard) => {
  const known = new Map<string, Guard>()
  return (name: string): Guard => {
    const found = known.get(name)
    if (found !== undefined) return found
    const made = make(name)
    known.set(name, made)
    return made
  }
}

const heldBack = (circuit: Circuit) => new BackendUnavailable({ retryAfterMs: circuit.retryAfterMs() })

const isUnavailable = ({ status }: BackendAnswer) => status === 503 || status === 504

type Outcome = BackendAnswer | BackendUnavailable

/** The outcome, unless the signal is aborted first. */
const until = (outcome: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error)
    signal.addEventListener("abort", onAbort, { once: true })
    void outcome.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
  })

/** Calls of plain functions; one that throws was given up, or has a defect. */
const throughWith = (now: () => number) => {
  type Call = (signal: AbortSignal | undefined) => Awaitable<Outcome>

  /** A call that has its place. */
  const made = ({ circuit, lane }: Guard, holder: string, call: Call, signal?: AbortSignal): Awaitable<Outcome> => {
    const ticket = circuit.enter()
    if (ticket === undefined) {
      lane.leave(holder)
      return heldBack(circuit)
    }
    const isProbe = !circuit.isClosed
    const begun = now()
    const settle = (outcome: Outcome): Outcome => {
      lane.leave(holder)
      const isNone = outcome instanceof BackendUnavailable || (isUnavailable(outcome) && now() - begun >= slowMs)
      if (isNone) circuit.failed(ticket)
      else circuit.answered(ticket)
      return outcome
    }
    const gaveUp = (cause: unknown): never => {
      lane.leave(holder)
      circuit.gaveUp(ticket)
      throw cause
    }
    let outcome: Awaitable<Outcome>
    try {
      outcome = call(isProbe ? undefined : signal)
    } catch (cause) {
      return gaveUp(cause)
    }
    if (!isPromise(outcome)) return settle(outcome)
    const settled = outcome.then(settle, gaveUp)
    return isProbe && signal !== undefined ? until(settled, signal) : settled
  }

  return (guard: Guard, holder: string, call: Call, signal?: AbortSignal): Awaitable<Outcome> => {
    signal?.throwIfAborted()
    const { circuit, lane } = guard
    if (circuit.holdsBack) return heldBack(circuit)
    if (circuit.isClosed) {
      if (!lane.take(holder))
        return lane.wait(holder, signal).then((isIn) => {
          if (isIn) return made(guard, holder, call, signal)
          return circuit.holdsBack ? heldBack(circuit) : new BackendUnavailable({ retryAfterMs: crowdedMs })
        })
      // One that tries the circuit again doesn't wait behind those that hang.
    } else lane.force(holder)
    return made(guard, holder, call, signal)
  }
}

/** A call as an effect, for which others make no way. */
const withinScope =
  (scope: Scope.Scope) =>
  <A>(circuit: Circuit, call: Effect.Effect<A, BackendUnavailable>): Effect.Effect<A, BackendUnavailable> =>
    Effect.suspend(() => {
      const ticket: Ticket | undefined = circuit.enter()
      if (ticket === undefined) return Effect.fail(heldBack(circuit))
      const settled = Effect.onExit(call, (exit) =>
        Effect.sync(() => {
          if (Exit.isSuccess(exit)) circuit.answered(ticket)
          else if (Exit.hasFails(exit)) circuit.failed(ticket)
          else circuit.gaveUp(ticket)
        })
      )
      return circuit.isClosed ? settled : Effect.flatMap(Effect.forkIn(settled, scope), Fiber.join)
    })

/** Milliseconds after which an open circuit that nobody has tried is no longer counted as open. */
const idleMs = 60_000
/** How often it is seen whether that is so. */
const lookMs = 10_000

/** When circuits open, and how many calls may be made at once. */
export type GuardOptions = Partial<CircuitOptions & LanesOptions>

type ShapeOf = BackendClient["Service"]

/** A backend behind circuits, and what to go by where there are several. */
export interface Guarded extends ShapeOf {
  /** Whether calls of this kind are held back now: a message type, `sessions`, `events` or `public`. */
  readonly holdsBack: (kind: string) => boolean
  /** Places for calls that nobody has. */
  readonly free: () => number
  /** It isn't there any more: its circuits count no longer as open. */
  readonly forget: () => void
}

/** Calls without a message type. */
export const otherCommands = "commands"

/** The circuits of all backends, as the metrics show them. */
const openCircuitsIn = Effect.gen(function* () {
  const fork = Effect.runForkWith(yield* Effect.context())
  const scope = yield* Effect.scope
  const circuits = new Set<Circuit>()
  let isLooking = false
  /** Tells how many are open, now and for as long as some are. */
  const look = () => {
    let open = 0
    for (const it of circuits) if (it.isOpenAndTried(idleMs)) open += 1
    openCircuits(open)
    if (open === 0 || isLooking) return
    isLooking = true
    const again = Effect.sync(() => {
      isLooking = false
      look()
    })
    void fork(Effect.forkIn(Effect.andThen(Effect.sleep(lookMs), again), scope))
  }
  look()
  return { circuits, look }
})

/**
 * Returns what puts circuits before a backend. A line of the log tells when one opens, and another when it closes; it names the
 * backend if that has a name.
 */
export const make = (
  options: GuardOptions = {}
): Effect.Effect<(backend: BackendClient["Service"], name?: string) => Guarded, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const now = () => monotonicMillisOf(clock)
    const fork = Effect.runForkWith(yield* Effect.context())
    const after = (millis: number, act: () => void) => void fork(Effect.andThen(Effect.sleep(millis), Effect.sync(act)))
    const within = withinScope(yield* Effect.scope)
    const through = throughWith(now)
    const { circuits, look } = yield* openCircuitsIn
    return (backend, name) => {
      const say = (line: Effect.Effect<void>, calls: string) =>
        void fork(Effect.annotateLogs(line, name === undefined ? { calls } : { calls, backend: name }))
      const lanes = new Lanes({ now, after }, options)
      const own: Array<Circuit> = []
      const guardOf = guardsOf((kind) => {
        const lane = lanes.lane()
        const events = {
          opened: () => {
            look()
            lane.refuse()
            say(Effect.logWarning("calls to the backend get no answers and are held back"), kind)
          },
          closed: () => {
            look()
            say(Effect.logInfo("calls to the backend are made again"), kind)
          }
        }
        const circuit = new Circuit(now, events, options)
        circuits.add(circuit)
        own.push(circuit)
        return { circuit, lane }
      })
      const [sessions, events, signIn] = [guardOf("sessions").circuit, guardOf("events").circuit, guardOf("public")]
      return {
        session: (id) => within(sessions, backend.session(id)),
        forward: (request, signal) =>
          through(
            guardOf(request.messageType ?? otherCommands),
            request.userId,
            (over) => backend.forward(request, over),
            signal
          ),
        public: (request) =>
          Effect.flatMap(Effect.context(), (context) =>
            toEffect((signal) =>
              through(
                signIn,
                network(request.sourceIp),
                (over) => runIn(context)(backend.public(request), over),
                signal
              )
            )
          ),
        events: (userId, after, limit) => within(events, backend.events(userId, after, limit)),
        ready: backend.ready,
        holdsBack: (kind) => guardOf(kind).circuit.holdsBack,
        free: () => lanes.free,
        forget: () => {
          for (const it of own) circuits.delete(it)
          look()
        }
      }
    }
  })

/** Puts circuits before the only backend. */
export const layer = (options: GuardOptions = {}): Layer.Layer<BackendClient, never, BackendClient> =>
  Layer.effect(
    BackendClient,
    Effect.gen(function* () {
      const backend = yield* BackendClient
      return (yield* make(options))(backend)
    })
  )
