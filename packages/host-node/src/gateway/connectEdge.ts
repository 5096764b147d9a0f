/** The authenticated edge over Connect, gRPC and gRPC-Web: messages in and out, refusals with their details. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Code, ConnectError, createContextKey, createContextValues, type HandlerContext } from "@connectrpc/connect"
import { connectNodeAdapter } from "@connectrpc/connect-node"
import { body } from "@galaxy/contract/api/ApiError"
import { EdgeGateway as EdgeGatewayService } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import type { EdgeGateway } from "@galaxy/edge/EdgeGateway"
import type { Envelope, Peer } from "@galaxy/edge/Envelope"
import type { EventStreams, SignedEvent } from "@galaxy/edge/hub/EventStreams"
import {
  InvalidEnvelope,
  metadataOf,
  type RefusedAt,
  type Refusal,
  retryAfterOf,
  type StatusCode,
  statusCodes,
  textOf
} from "@galaxy/edge/Refusal"
import { Cause, type Context, Effect, Exit, Stream } from "effect"
import { refuse } from "../http/refuse.ts"
import { encoded, isEncoded, isFramed } from "./contentEncoding.ts"
import { type Arrival, arrivalOf } from "./bounds/Admission.ts"
import type { Handler } from "./listener.ts"
import { dropUnreachable } from "./timeouts.ts"

const domain = "galaxy"

const codes: { readonly [C in StatusCode]: Code } = {
  INVALID_ARGUMENT: Code.InvalidArgument,
  FAILED_PRECONDITION: Code.FailedPrecondition,
  UNAUTHENTICATED: Code.Unauthenticated,
  RESOURCE_EXHAUSTED: Code.ResourceExhausted,
  UNIMPLEMENTED: Code.Unimplemented,
  UNAVAILABLE: Code.Unavailable
}

const retryInfo = (millis: number) => ({
  desc: RetryInfoSchema,
  value: { retryDelay: { seconds: BigInt(Math.floor(millis / 1_000)), nanos: (millis % 1_000) * 1_000_000 } }
})

export const toConnectError = (refusal: Refusal, place: RefusedAt): ConnectError => {
  const retryAfterMs = retryAfterOf(refusal)
  return new ConnectError(textOf(refusal), codes[statusCodes[refusal._tag][place]], undefined, [
    { desc: ErrorInfoSchema, value: { reason: refusal._tag, domain, metadata: metadataOf(refusal) } },
    ...(retryAfterMs === undefined ? [] : [retryInfo(retryAfterMs)])
  ])
}

/** The message is whole and decoded: from now on it takes what its fields take. */
const understand = (context: HandlerContext, message: Envelope) => {
  understood.add(context.signal)
  context.values.get(arrivalKey)?.body.decoded(message.payloadBytes.length + 1_024)
}

/** Calls whose message has reached its handler: what fails from then on isn't its form. */
const understood = new WeakSet<AbortSignal>()

/**
 * What is no message, or is larger than any, fails before any handler or interceptor sees it. It is an envelope of a
 * wrong form like every other, so the error gets the contract's code and detail: a call is aborted with its error just
 * before that is written, in the form of whichever protocol it came by.
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
      onMalformed(peerOf(context))
    },
    { once: true }
  )
}

const malformed = (error: ConnectError) =>
  error.code === Code.ResourceExhausted ? "the message is too large" : `the message can't be read: ${error.rawMessage}`

/** An undecodable message is `Internal` in binary and `InvalidArgument` in JSON; an over-long one `ResourceExhausted`. */
const malformedCodes: ReadonlySet<Code> = new Set([Code.InvalidArgument, Code.ResourceExhausted, Code.Internal])

/** A call takes one message: none, or a second one, is told of as if the method didn't exist. */
const isMalformed = ({ code, rawMessage }: ConnectError): boolean =>
  malformedCodes.has(code) || (code === Code.Unimplemented && rawMessage.startsWith("protocol error: "))

/** What the listener knows of the request, on its way to the handler. */
const arrivalKey = createContextKey<Arrival | undefined>(undefined)

const peerOf = (context: HandlerContext): Peer => context.values.get(arrivalKey)?.peer ?? { ip: "unknown" }

/** Room for base64, field tags and the other fields around a payload of exactly the bound. */
export const readLimit = (maxPayloadBytes: number) => Math.ceil((maxPayloadBytes * 4) / 3) + 16 * 1024

/**
 * Failures that aren't refusals are ours: logged whole, told of as nothing but an error. A call that was broken off ends
 * with the reason: its deadline has passed, or the client is gone.
 */
const throwing = <A>(exit: Exit.Exit<A, Refusal>, place: RefusedAt, signal: AbortSignal): A => {
  if (Exit.isSuccess(exit)) return exit.value
  const failure = exit.cause.reasons.find(Cause.isFailReason)
  if (failure === undefined && signal.aborted && Cause.hasInterruptsOnly(exit.cause)) {
    throw signal.reason instanceof ConnectError
      ? signal.reason
      : new ConnectError("the call was cancelled", Code.Canceled)
  }
  throw failure === undefined ? new ConnectError("internal error", Code.Internal) : toConnectError(failure.error, place)
}

/** Bytes of a refused message that are still read; who sends more may miss the answer. */
export const maxDiscarded = 12 * 1_048_576
/** The same over HTTP/1.1 when the message doesn't say how long it is: it may have no end. */
export const maxDiscardedOfEndless = 64 * 1024

const discard = async (request: IncomingMessage, endless: boolean, giveUp: () => void) => {
  let left = endless ? maxDiscardedOfEndless : maxDiscarded
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    left -= chunk.length
    // What is left stays where it is: the listener cuts off who doesn't end soon.
    if (left < 0) {
      giveUp()
      return
    }
  }
}

/**
 * Over HTTP/1.1 a message that isn't read to its end ends the connection. It is closed on our side only, so that the
 * answer isn't lost to a reset while the client is still sending.
 */
const endWithAnswer = (request: IncomingMessage, response: ServerResponse) => {
  if (request.httpVersionMajor !== 1) return
  const { socket } = request
  response.setHeader("connection", "close")
  socket.destroySoon = () => {
    socket.end()
  }
}

/**
 * What is refused before it was read whole is read to its end and thrown away, and then answered: left where it is it
 * would block an HTTP/1.1 connection for the requests that follow, and over HTTP/2 the sender would see a reset.
 */
const readToTheEnd = (request: IncomingMessage, response: ServerResponse) => {
  const endless = request.httpVersionMajor === 1 && request.headers["content-length"] === undefined
  // The adapter would refuse by this alone and leave everything unread.
  delete request.headers["content-length"]
  request[Symbol.asyncIterator] = async function* () {
    try {
      const chunks: AsyncIterable<unknown, undefined> = request.iterator({ destroyOnReturn: false })
      return yield* chunks
    } finally {
      // Where it broke off, that is what its reader has been told.
      await discard(request, endless, () => endWithAnswer(request, response)).catch(() => undefined)
    }
  }
}

export interface EdgeServices {
  readonly gateway: EdgeGateway["Service"]
  readonly streams: EventStreams["Service"]
  readonly context: Context.Context<never>
  readonly maxPayloadBytes: number
  /** Told of each message that couldn't be read, which no verification gets to see. */
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
 * A stream is refused as a request until its first event is out; from then on it ends as a stream.
 *
 * When the client is gone it ends at once, not with the next event that can't be sent.
 */
async function* eventsOf(
  services: EdgeServices,
  envelope: Envelope,
  peer: Peer,
  signal: AbortSignal
): AsyncGenerator<SignedEvent> {
  let begun = false
  const marked = services.streams.subscribe(envelope, peer).pipe(
    Stream.interruptWhen(aborted(signal)),
    Stream.tapCause((cause) => (Cause.hasDies(cause) ? Effect.logError("an event stream failed", cause) : Effect.void)),
    Stream.mapError((refusal) => toConnectError(refusal, begun ? "stream" : "request"))
  )
  for await (const event of Stream.toAsyncIterableWith(marked, services.context)) {
    begun = true
    yield event
  }
  signal.throwIfAborted()
}

/** Handles what is addressed to the rpc service; others get the rest. */
export const make = (services: EdgeServices) => {
  const run = Effect.runPromiseExitWith(services.context)
  const adapter = connectNodeAdapter({
    readMaxBytes: readLimit(services.maxPayloadBytes),
    writeMaxBytes: 64 * 1_048_576,
    routes: (router) => {
      router.service(EdgeGatewayService, {
        executeCommand: async (request, context) => {
          understand(context, request)
          const command = services.gateway.executeCommand(request, peerOf(context)).pipe(
            Effect.tapCause((cause) =>
              Cause.hasDies(cause) ? Effect.logError("a command failed", cause) : Effect.void
            ),
            Effect.annotateLogs({ request_id: request.requestId.slice(0, 64) })
          )
          return throwing(await run(command, { signal: context.signal }), "request", context.signal)
        },
        subscribeEvents: (request, context) => {
          understand(context, request)
          return eventsOf(services, request, peerOf(context), context.signal)
        }
      })
    },
    requestGate: refuseMalformed(services.onMalformed),
    contextValues: (request) => createContextValues().set(arrivalKey, arrivalOf(request))
  })
  const prefix = `/${EdgeGatewayService.typeName}/`
  const streamPath = `${prefix}${EdgeGatewayService.method.subscribeEvents.name}`
  const isStream = (url = "") => url.split("?", 1)[0] === streamPath
  return {
    handles: (url: string) => url.startsWith(prefix),
    handler: ((request, response) => {
      if (isFramed(request) && isEncoded(request)) {
        refuse(request, response, ...encoded)
        return
      }
      dropUnreachable(request)
      readToTheEnd(request, response)
      if (isStream(request.url)) {
        // Whatever stands between lets each event through as it comes, and keeps none.
        response.setHeader("cache-control", "no-store")
        response.setHeader("x-accel-buffering", "no")
      }
      try {
        adapter(request, response)
      } catch {
        // A request without a host, or with one that is none: the adapter can't make a URL of it.
        response.writeHead(400, { "content-type": "application/json" })
        response.end(JSON.stringify(body("invalid_request", "the request names no valid host")))
      }
    }) satisfies Handler
  }
}
