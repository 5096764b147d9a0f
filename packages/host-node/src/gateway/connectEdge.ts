/** The authenticated edge over Connect, gRPC and gRPC-Web: messages in and out, refusals with their details. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { ServerHttp2Stream } from "node:http2"
import { Code, ConnectError, createContextKey, createContextValues, type HandlerContext } from "@connectrpc/connect"
import { connectNodeAdapter } from "@connectrpc/connect-node"
import { body } from "@galaxy/contract/api/ApiError"
import { EdgeGateway as EdgeGatewayService } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { unasked } from "@galaxy/contract/telemetry/traceparent"
import type { EdgeGateway, SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Envelope, Peer } from "@galaxy/edge/Envelope"
import type { OpenStream, Outlet } from "@galaxy/edge/hub/Outlet"
import type { EventStreams } from "@galaxy/edge/hub/EventStreams"
import type { SignedEvent } from "@galaxy/edge/hub/signing"
import { InvalidEnvelope } from "@galaxy/edge/Refusal"
import { Cause, type Context, Effect, Stream } from "effect"
import { type Arrival, arrivalOf } from "./bounds/Admission.ts"
import type { TakesStream } from "./bounds/AdmittedStream.ts"
import { tellEncodings } from "./callBodies.ts"
import { type CallKind, refusedByHead, refuseUnknown } from "./callHeads.ts"
import type { Handler } from "../http/guard.ts"
import * as CommandStream from "./commandStream.ts"
import { apart, commandPath } from "./fastCommand.ts"
import * as FastStreams from "./fastStreams.ts"
import * as FastUnary from "./fastUnary.ts"
import type { ObservedCall } from "./observed/ObservedCall.ts"
import { callOf } from "./observed/Observer.ts"
import type { ReadSoFar } from "./fastUnary.ts"
import { readToTheEnd } from "./readToTheEnd.ts"
import { endError, toConnectError } from "./refusalErrors.ts"
import { subscriptionPath } from "./subscriptionForms.ts"
import * as SubscriptionStream from "./subscriptionStream.ts"
import { dropUnreachable } from "./timeouts.ts"

/** The message is decoded: from now on it counts with the size of its fields. */
const understand = (context: HandlerContext, message: Envelope) => {
  understood.add(context.signal)
  context.values.get(arrivalKey)?.body.decoded(message.payloadBytes.length + 1_024)
}

/** Calls whose message has reached its handler: later failures are not about its form. */
const understood = new WeakSet<AbortSignal>()

/**
 * A message that can't be decoded, or is too large, fails before any handler or interceptor sees it. It counts as an
 * invalid envelope, so the error gets the contract's code and detail: a call is aborted with its error just before that
 * is written, in the form of its protocol.
 */
const refuseMalformed = (onMalformed: (peer: Peer) => void) => (context: HandlerContext) => {
  const { signal } = context
  signal.addEventListener(
    "abort",
    () => {
      const error: unknown = signal.reason
      if (understood.has(signal) || !(error instanceof ConnectError) || !isMalformed(error)) return
      const { code, details, rawMessage } = toConnectError(
        new InvalidEnvelope({ message: malformed(error) }),
        "request"
      )
      Object.assign(error, { code, details, rawMessage })
      callIn(context)?.refused("invalid_envelope")
      onMalformed(peerOf(context))
    },
    { once: true }
  )
}

const malformed = (error: ConnectError) =>
  error.code === Code.ResourceExhausted ? "the message is too large" : `the message can't be read: ${error.rawMessage}`

/**
 * An undecodable message is `Internal` in binary and `InvalidArgument` in JSON; one that is too long is
 * `ResourceExhausted`.
 */
const malformedCodes: ReadonlySet<Code> = new Set([Code.InvalidArgument, Code.ResourceExhausted, Code.Internal])

/** A call takes one message: none, or a second one, is reported as if the method didn't exist. */
const isMalformed = ({ code, rawMessage }: ConnectError): boolean =>
  malformedCodes.has(code) || (code === Code.Unimplemented && rawMessage.startsWith("protocol error: "))

/** Carries what the listener knows about a request to its handler. */
const arrivalKey = createContextKey<Arrival | undefined>(undefined)

/** Carries what telemetry observes of a request. */
const callKey = createContextKey<ObservedCall | undefined>(undefined)

const callIn = (context: HandlerContext): ObservedCall | undefined => context.values.get(callKey)

const peerOf = (context: HandlerContext): Peer => context.values.get(arrivalKey)?.peer ?? { ip: "unknown" }

/** Room for base64, field tags and the other fields around a payload of exactly the bound. */
export const readLimit = (maxPayloadBytes: number) => Math.ceil((maxPayloadBytes * 4) / 3) + 16 * 1024

/** A call that was given up ends with the reason: its deadline has passed, or the client is gone. */
const givenUp = (reason: unknown): ConnectError =>
  reason instanceof ConnectError ? reason : new ConnectError("the call was cancelled", Code.Canceled)

/** The result of a call, but no later than its end: what it still waits for isn't waited for. */
const untilGivenUp = <A>(outcome: Promise<A>, signal: AbortSignal): Promise<A | ConnectError> =>
  new Promise((resolve, reject) => {
    const onAbort = () => resolve(givenUp(signal.reason))
    if (signal.aborted) onAbort()
    else signal.addEventListener("abort", onAbort, { once: true })
    outcome.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
  })

/** The gateway behind the adapter; `context` is what its effects run in. */
export interface EdgeServices {
  readonly gateway: EdgeGateway["Service"]
  readonly streams: EventStreams["Service"]
  readonly context: Context.Context<never>
  readonly maxPayloadBytes: number
  /** Called for each message that couldn't be decoded, which verification never sees. */
  readonly onMalformed: (peer: Peer) => void
}

const aborted = (signal: AbortSignal) =>
  Effect.callback<void>((resume) => {
    const onAbort = () => resume(Effect.void)
    if (signal.aborted) onAbort()
    else signal.addEventListener("abort", onAbort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", onAbort))
  })

/**
 * Until its first event is out a stream is refused as a request; from then on it ends as a stream.
 *
 * When the client is gone it ends at once, not with the next event that can't be sent.
 */
async function* eventsOf(
  services: EdgeServices,
  envelope: Envelope,
  peer: Peer,
  signal: AbortSignal,
  call: ObservedCall | undefined
): AsyncGenerator<SignedEvent> {
  let begun = false
  const marked = services.streams.subscribe(envelope, peer).pipe(
    Stream.interruptWhen(aborted(signal)),
    Stream.mapError((refusal) => {
      call?.refused(refusal._tag)
      return toConnectError(refusal, begun ? "stream" : "request")
    })
  )
  for await (const event of Stream.toAsyncIterableWith(marked, services.context)) {
    if (!begun) call?.opened()
    begun = true
    yield event
  }
  signal.throwIfAborted()
}

/** The envelope with the trace that the call goes on with, instead of the client's. */
const traced = (message: Envelope, call: ObservedCall | undefined): Envelope => ({
  protocolVersion: message.protocolVersion,
  deviceSessionId: message.deviceSessionId,
  messageType: message.messageType,
  timestampMs: message.timestampMs,
  requestId: message.requestId,
  traceId: call === undefined ? unasked(message.traceId) : call.understood(message),
  payloadBytes: message.payloadBytes,
  payloadHash: message.payloadHash,
  signature: message.signature
})

/**
 * The command of a message, with refusals as their errors. What is neither is our own fault: it is logged, and answered as a
 * plain internal error.
 */
const commandOf = async (
  { gateway, context }: EdgeServices,
  request: Envelope,
  peer: Peer,
  over: AbortController,
  call: ObservedCall | undefined
): Promise<SignedAnswer | ConnectError> => {
  try {
    const outcome = await gateway.executeCommand(request, peer, over)
    if (outcome instanceof Error) {
      call?.refused(outcome._tag)
      return toConnectError(outcome, "request")
    }
    call?.answered(outcome)
    return outcome
  } catch (cause) {
    if (over.signal.aborted) {
      const error = givenUp(over.signal.reason)
      call?.refused(error.code === Code.DeadlineExceeded ? "deadline_exceeded" : "canceled")
      return error
    }
    call?.refused("internal")
    const line = Effect.annotateLogs(Effect.logError("a command failed", Cause.die(cause)), {
      request_id: request.requestId.slice(0, 64)
    })
    Effect.runForkWith(context)(line)
    return new ConnectError("internal error", Code.Internal)
  }
}

/** Says what becomes of a stream as it passes by. */
const observedOutlet = (call: ObservedCall, outlet: Outlet): Outlet => ({
  write: (event) => {
    call.opened()
    return outlet.write(event)
  },
  end: (ending, place) => {
    call.refused(ending === "defect" ? "internal" : ending._tag)
    outlet.end(ending, place)
  }
})

/** Proxies must pass each event on at once, and keep none. */
const streamHeaders = { "cache-control": "no-store", "x-accel-buffering": "no" }

const nothingRead: ReadSoFar = { parts: [], isWhole: false }

/** Serves the rpc service; `handles` tells whether a request is for it. */
export const make = (services: EdgeServices) => {
  const adapter = connectNodeAdapter({
    readMaxBytes: readLimit(services.maxPayloadBytes),
    writeMaxBytes: 64 * 1_048_576,
    // Nobody has signed them, and they would be kept without being counted.
    binaryOptions: { readUnknownFields: false },
    routes: (router) => {
      router.service(EdgeGatewayService, {
        executeCommand: async (request, context) => {
          understand(context, request)
          const { signal } = context
          const over = new AbortController()
          signal.addEventListener("abort", () => over.abort(signal.reason), { once: true })
          const outcome = await untilGivenUp(
            commandOf(services, traced(apart(request), callIn(context)), peerOf(context), over, callIn(context)),
            signal
          )
          if (outcome instanceof ConnectError) throw outcome
          return outcome
        },
        subscribeEvents: (request, context) => {
          understand(context, request)
          const call = callIn(context)
          return eventsOf(services, traced(apart(request), call), peerOf(context), context.signal, call)
        }
      })
    },
    requestGate: refuseMalformed(services.onMalformed),
    contextValues: (request) => createContextValues().set(arrivalKey, arrivalOf(request)).set(callKey, callOf(request))
  })
  const prefix = `/${EdgeGatewayService.typeName}/`
  const streamPath = `${prefix}${EdgeGatewayService.method.subscribeEvents.name}`
  const { methods } = EdgeGatewayService
  const kinds = new Map(
    methods.map((it): [string, CallKind] => [prefix + it.name, it.methodKind === "unary" ? "unary" : "stream"])
  )
  const pathOf = ({ url = "" }: IncomingMessage) => url.split("?", 1)[0] ?? ""
  const slow = (request: IncomingMessage, response: ServerResponse, read: ReadSoFar) => {
    const path = pathOf(request)
    const kind = kinds.get(path)
    if (kind === undefined) {
      refuseUnknown(request, response)
      return
    }
    if (refusedByHead(request, response, kind)) return
    dropUnreachable(request)
    tellEncodings(request, response)
    readToTheEnd(request, response, read)
    if (path === streamPath) {
      for (const [name, value] of Object.entries(streamHeaders)) response.setHeader(name, value)
    }
    try {
      adapter(request, response)
    } catch {
      // Without a valid host the adapter can't make a URL of the request.
      response.writeHead(400, { "content-type": "application/json" })
      response.end(JSON.stringify(body("invalid_request", "the request names no valid host")))
    }
  }
  const open = (
    message: Envelope,
    from: Arrival | undefined,
    outlet: Outlet,
    call: ObservedCall | undefined
  ): OpenStream => {
    from?.body.decoded(message.payloadBytes.length + 1_024)
    const to = call === undefined ? outlet : observedOutlet(call, outlet)
    return services.streams.open(traced(apart(message), call), from?.peer ?? { ip: "unknown" }, to)
  }
  const takesSubscription = FastStreams.make({
    maxBytes: readLimit(services.maxPayloadBytes),
    headers: streamHeaders,
    open: (message, request, outlet) => open(message, arrivalOf(request), outlet, callOf(request)),
    errorOf: endError,
    slow
  })
  const start = (
    message: Envelope,
    from: Arrival | undefined,
    over: AbortController,
    call: ObservedCall | undefined
  ): Promise<SignedAnswer | ConnectError> => {
    from?.body.decoded(message.payloadBytes.length + 1_024)
    return commandOf(services, traced(message, call), from?.peer ?? { ip: "unknown" }, over, call)
  }
  const broken = (cause: unknown) => {
    Effect.runForkWith(services.context)(Effect.logError("a command failed", Cause.die(cause)))
  }
  const takes = FastUnary.make({
    broken,
    maxBytes: readLimit(services.maxPayloadBytes),
    start: (message, request, over) => start(message, arrivalOf(request), over, callOf(request)),
    slow
  })
  return {
    /** Whether a path is one of the service. */
    handles: (url: string) => url.startsWith(prefix),
    /**
     * Takes usual commands and subscriptions on their streams. What is asked of every other request is asked of them, too;
     * `observe` begins to observe one.
     */
    takesStreams: ({
      observe,
      ...asked
    }: Pick<CommandStream.CommandStreamOptions, "takesHost" | "mayTry" | "headers"> & {
      readonly observe: (stream: ServerHttp2Stream, path: string) => ObservedCall | undefined
    }): TakesStream => {
      const takesCommand = CommandStream.make({
        ...asked,
        broken,
        start: (message, from, over) => start(message, from, over, observe(from.stream, commandPath))
      })
      const takesSubscriptionStream = SubscriptionStream.make({
        ...asked,
        headers: { ...asked.headers, ...streamHeaders },
        open: (message, from, outlet) => open(message, from, outlet, observe(from.stream, subscriptionPath)),
        errorOf: endError
      })
      return (stream, headers, admitted) =>
        takesCommand(stream, headers, admitted) || takesSubscriptionStream(stream, headers, admitted)
    },
    handler: ((request, response) => {
      if (!takes(request, response) && !takesSubscription(request, response)) slow(request, response, nothingRead)
    }) satisfies Handler
  }
}
