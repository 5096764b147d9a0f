/** A gateway of the table: its backend and replay store do what the beginning of a request's id says. */
import { BackendClient, type SessionIdentity } from "@galaxy/edge/BackendClient"
import { BackendUnavailable, ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import { type GatewayOptions, GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import type { PushFrame } from "@galaxy/edge/hub/PushSource"
import { Context, Effect, Layer, Queue } from "effect"
import * as Fixture from "../fixture.ts"

/** Small enough to be tried in every combination. */
export const maxPayloadBytes = 32_768

const session = {
  device_session_id: Fixture.sessionId,
  status: "active",
  created_at: "2026-01-01T00:00:00.000Z",
  current: true
}
const answers = {
  broken: { status: 500, json: null },
  nonsense: { status: 200, json: { sessions: 7 } },
  conflict: { status: 409, json: { error: { code: "conflict", message: "it is taken", reason: "name_taken" } } },
  large: { status: 200, json: { sessions: Array.from({ length: 50 }, () => session) } }
} as const

const wordOf = (requestId: string) => requestId.split("-", 1)[0] ?? ""

/** Requests that hang in the backend: which have come, and which were given up. */
export class Hanging {
  readonly #began = new Map<string, () => void>()
  readonly #ended = new Map<string, () => void>()

  /** Waits until the backend has been asked, and until it was given up. */
  expect(requestId: string): { readonly began: Promise<void>; readonly ended: Promise<void> } {
    return {
      began: new Promise((resolve) => this.#began.set(requestId, resolve)),
      ended: new Promise((resolve) => this.#ended.set(requestId, resolve))
    }
  }

  readonly hang = (requestId: string, signal: AbortSignal | undefined): Promise<BackendUnavailable> =>
    new Promise((resolve) => {
      this.#began.get(requestId)?.()
      const ended = () => {
        this.#ended.get(requestId)?.()
        resolve(new BackendUnavailable())
      }
      signal?.addEventListener("abort", ended, { once: true })
    })
}

const backend = (hanging: Hanging) =>
  Layer.effect(
    BackendClient,
    Effect.map(BackendClient, (usual) =>
      BackendClient.of({
        ...usual,
        forward: async (request, signal) => {
          const word = wordOf(request.requestId)
          if (word === "hang") return hanging.hang(request.requestId, signal)
          if (word === "down") return new BackendUnavailable()
          const answer = await usual.forward(request, signal)
          return word in answers ? answers[word as keyof typeof answers] : answer
        }
      })
    )
  )

/** Reservations that can't be made: with the time of the next try, and without. */
const store = Layer.effect(
  ReplayStore.ReplayStore,
  Effect.map(ReplayStore.ReplayStore, (usual) =>
    ReplayStore.ReplayStore.of({
      ...usual,
      reserve: (reservation) => {
        const word = wordOf(reservation.requestId)
        if (word === "away") return new ReplayStoreUnavailable({ why: "it is away" })
        if (word === "lost") return new ReplayStoreUnavailable({ why: "reservations were lost", retryAfterMs: 9_250.5 })
        return usual.reserve(reservation)
      }
    })
  )
).pipe(Layer.provide(ReplayStore.layerMemory()))

/** A running gateway, as a row of the table sees it. */
export interface Stand {
  readonly url: string
  readonly hanging: Hanging
  /** A session of its own, for rows that spend or revoke it. */
  readonly newSession: () => string
  /** A session with a key of the test's own. */
  readonly addSession: (deviceSessionId: string, session: SessionIdentity) => void
  readonly revoke: (deviceSessionId: string) => void
  readonly happens: (deviceSessionId: string) => void
  /** Whether the backend was asked to run a request. */
  readonly ran: (requestId: string) => boolean
  /** How often the backend was asked to run a request. */
  readonly runs: () => number
}

let cursor = 0

/** Starts a gateway that lives as long as the scope. */
export const start = (options: Partial<GatewayOptions> = {}) =>
  Effect.gen(function* () {
    const hanging = new Hanging()
    const edge = { maxPayloadBytes, ...options.edge }
    const gateway = Fixture.gatewayWith(backend(hanging), { ...Fixture.generous, ...options, edge }, store)
    const context = yield* Layer.build(Layer.fresh(gateway))
    const script = Context.get(context, Fixture.Script)
    const push = (frame: object) => {
      Queue.offerUnsafe(script.push, { ...frame, cursor: `0.${++cursor}` } as PushFrame)
    }
    return {
      url: Context.get(context, GatewayServer).url,
      hanging,
      newSession: () => {
        const id = globalThis.crypto.randomUUID()
        // A user of its own too: events are numbered for each.
        script.sessions.set(id, { userId: id, publicKey: Fixture.device.publicKey, status: "active" })
        return id
      },
      addSession: (deviceSessionId, session) => {
        script.sessions.set(deviceSessionId, session)
      },
      revoke: (deviceSessionId) => push({ type: "invalidation", deviceSessionId, userId: "", reason: "logout" }),
      happens: (deviceSessionId) =>
        push({ type: "event", event: Fixture.event(1, { userId: deviceSessionId, deviceSessionId }) }),
      ran: (requestId) => script.calls.some((call) => call.requestId === requestId),
      runs: () => script.calls.length
    } satisfies Stand
  })
