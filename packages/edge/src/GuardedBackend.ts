/**
 * The backend behind circuits: what doesn't answer is asked no more than one call at a time, and whoever is held back learns
 * at once when to come again.
 *
 * There is a circuit for each message type, one for sign-in, one for look-ups of sessions and one for histories of events.
 * So a route that hangs holds back nobody else, and a backend that is away opens them all. Whatever status the backend answers
 * to a command or to a public call, it has answered: errors open no circuit. Probes go past them, to show how it is.
 */
import { gauge } from "@galaxy/contract/telemetry/instruments"
import { Clock, Effect, Exit, Layer } from "effect"
import { type Awaitable, isPromise } from "./Awaitable.ts"
import { BackendClient } from "./BackendClient.ts"
import { Circuit, type CircuitOptions, type Ticket } from "./CircuitBreaker.ts"
import { monotonicMillisOf } from "./monotonicMillis.ts"
import { BackendUnavailable } from "./Refusal.ts"

const openCircuits = gauge("galaxy.gateway.circuits.open")

/** What is asked for, in the log. Message types are as many as there are routes, so this is bounded. */
const circuitsOf = (make: (name: string) => Circuit) => {
  const known = new Map<string, Circuit>()
  return (name: string): Circuit => {
    const found = known.get(name)
    if (found !== undefined) return found
    const made = make(name)
    known.set(name, made)
    return made
  }
}

const heldBack = (circuit: Circuit) => new BackendUnavailable({ retryAfterMs: circuit.retryAfterMs() })

const settle = <A>(circuit: Circuit, ticket: Ticket, outcome: A | BackendUnavailable): A | BackendUnavailable => {
  if (outcome instanceof BackendUnavailable) circuit.failed(ticket)
  else circuit.answered(ticket)
  return outcome
}

/** A call of a plain function; one that throws was given up, or has a defect. */
const through = <A>(
  circuit: Circuit,
  call: () => Awaitable<A | BackendUnavailable>
): Awaitable<A | BackendUnavailable> => {
  const ticket = circuit.enter()
  if (ticket === undefined) return heldBack(circuit)
  let outcome: Awaitable<A | BackendUnavailable>
  try {
    outcome = call()
  } catch (cause) {
    circuit.gaveUp(ticket)
    throw cause
  }
  if (!isPromise(outcome)) return settle(circuit, ticket, outcome)
  return outcome.then(
    (it) => settle(circuit, ticket, it),
    (cause: unknown) => {
      circuit.gaveUp(ticket)
      throw cause
    }
  )
}

/** The same for an effect. */
const within = <A>(
  circuit: Circuit,
  call: Effect.Effect<A, BackendUnavailable>
): Effect.Effect<A, BackendUnavailable> =>
  Effect.suspend(() => {
    const ticket = circuit.enter()
    if (ticket === undefined) return Effect.fail(heldBack(circuit))
    return Effect.onExit(call, (exit) =>
      Effect.sync(() => {
        if (Exit.isSuccess(exit)) circuit.answered(ticket)
        else if (Exit.hasFails(exit)) circuit.failed(ticket)
        else circuit.gaveUp(ticket)
      })
    )
  })

/** Puts circuits before a backend. A line of the log tells when one opens, and another when it closes. */
export const layer = (options: Partial<CircuitOptions> = {}): Layer.Layer<BackendClient, never, BackendClient> =>
  Layer.effect(
    BackendClient,
    Effect.gen(function* () {
      const backend = yield* BackendClient
      const clock = yield* Clock.Clock
      const fork = Effect.runForkWith(yield* Effect.context())
      const say = (line: Effect.Effect<void>, calls: string) => void fork(Effect.annotateLogs(line, { calls }))
      let open = 0
      openCircuits(open)
      const circuitOf = circuitsOf(
        (name) =>
          new Circuit(
            () => monotonicMillisOf(clock),
            {
              opened: () => {
                openCircuits(++open)
                say(Effect.logWarning("calls to the backend get no answers and are held back"), name)
              },
              closed: () => {
                openCircuits(--open)
                say(Effect.logInfo("calls to the backend are made again"), name)
              }
            },
            options
          )
      )
      const [sessions, events, signIn] = [circuitOf("sessions"), circuitOf("events"), circuitOf("public")]
      return BackendClient.of({
        session: (id) => within(sessions, backend.session(id)),
        forward: (request, signal) =>
          through(circuitOf(request.messageType ?? "commands"), () => backend.forward(request, signal)),
        public: (request) => within(signIn, backend.public(request)),
        events: (userId, after, limit) => within(events, backend.events(userId, after, limit)),
        ready: backend.ready
      })
    })
  )
