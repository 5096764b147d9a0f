/** What anybody may ask a gateway: its health, and its proto files where that is switched on. */
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt"
import { createFileRegistry, create, fromBinary } from "@bufbuild/protobuf"
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt"
import { Code, ConnectError, createClient } from "@connectrpc/connect"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import {
  Health,
  HealthCheckResponse_ServingStatus as Status
} from "@galaxy/contract/gen/proto/grpc/health/v1/health_pb"
import {
  ServerReflection,
  type ServerReflectionRequest
} from "@galaxy/contract/gen/proto/grpc/reflection/v1/reflection_pb"
import { ServerReflection as ServerReflectionAlpha } from "@galaxy/contract/gen/proto/grpc/reflection/v1alpha/reflection_pb"
import { ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, it, layer } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Scope } from "effect"
import * as Fixture from "./fixture.ts"

const service = "galaxy.gateway.v1.EdgeGateway"

const refusedBy = <A>(call: Promise<A>) =>
  Effect.tryPromise({ try: () => call, catch: (cause) => ConnectError.from(cause) }).pipe(Effect.flip)

const clients = <S extends typeof Health | typeof ServerReflection | typeof ServerReflectionAlpha>(of: S) =>
  Effect.map(GatewayServer, ({ url }) => ({
    grpc: createClient(of, Fixture.transports["gRPC over HTTP/2"](url)),
    web: createClient(of, Fixture.transports["gRPC-Web over HTTP/1.1"](url)),
    connect: createClient(of, Fixture.transports["Connect over HTTP/1.1"](url))
  }))

/** A replay store whose state a test sets. */
const store = { why: undefined as string | undefined }
const settable = Layer.effect(
  ReplayStore.ReplayStore,
  Effect.map(ReplayStore.ReplayStore, (usual) =>
    ReplayStore.ReplayStore.of({
      ...usual,
      ready: () =>
        Effect.suspend(() =>
          store.why === undefined ? Effect.void : Effect.fail(new ReplayStoreUnavailable({ why: store.why }))
        )
    })
  )
).pipe(Layer.provide(ReplayStore.layerMemory()))

const often = { ...Fixture.generous, edge: { probeKeptMs: 10 } }

layer(Fixture.gateway(often, settable), { excludeTestServices: true })("health checks", (it) => {
  it.effect("say what readiness says, in every protocol", () =>
    Effect.gen(function* () {
      const { connect, grpc, web } = yield* clients(Health)
      for (const client of [grpc, web, connect]) {
        for (const name of ["", service, "grpc.health.v1.Health"]) {
          assert.strictEqual((yield* Effect.promise(() => client.check({ service: name }))).status, Status.SERVING)
        }
        const error = yield* refusedBy(client.check({ service: "galaxy.gateway.v1.Nothing" }))
        assert.strictEqual(error.code, Code.NotFound)
      }
    })
  )

  it.effect("watchers hear at once, and of each change", () =>
    Effect.gen(function* () {
      const { grpc } = yield* clients(Health)
      const leaving = new AbortController()
      const states = grpc.watch({ service }, { signal: leaving.signal })[Symbol.asyncIterator]()
      const next = Effect.promise(async () => (await states.next()).value?.status)
      assert.strictEqual(yield* next, Status.SERVING)
      store.why = "it is away"
      assert.strictEqual(yield* next, Status.NOT_SERVING)
      assert.strictEqual((yield* Effect.promise(() => grpc.check({ service: "" }))).status, Status.NOT_SERVING)
      store.why = undefined
      assert.strictEqual(yield* next, Status.SERVING)
      leaving.abort()
    })
  )

  it.effect("watchers of an unknown service are told so", () =>
    Effect.gen(function* () {
      const { web } = yield* clients(Health)
      const leaving = new AbortController()
      const states = web.watch({ service: "nobody" }, { signal: leaving.signal })[Symbol.asyncIterator]()
      assert.strictEqual(yield* Effect.promise(async () => (await states.next()).value?.status), Status.SERVICE_UNKNOWN)
      leaving.abort()
    })
  )

  it.effect("watchers of one network are bounded, and whoever leaves makes room", () =>
    Effect.gen(function* () {
      const { grpc } = yield* clients(Health)
      const watch = () => {
        const leaving = new AbortController()
        const states = grpc.watch({ service }, { signal: leaving.signal })[Symbol.asyncIterator]()
        return { first: states.next(), leave: () => leaving.abort() }
      }
      const open = Array.from({ length: 16 }, watch)
      yield* Effect.promise(() => Promise.all(open.map(({ first }) => first)))
      assert.strictEqual((yield* refusedBy(watch().first)).code, Code.ResourceExhausted)
      for (const { leave } of open) leave()
      const again = Effect.suspend(() => {
        const { first, leave } = watch()
        return Effect.as(
          Effect.tryPromise(() => first),
          leave
        )
      })
      const leave = yield* Effect.retry(again, { times: 200 })
      leave()
    })
  )

  it.effect("there is no reflection where it isn't switched on", () =>
    Effect.gen(function* () {
      const { grpc } = yield* clients(ServerReflection)
      const answers = grpc.serverReflectionInfo(asking({ case: "listServices", value: "" }))
      assert.strictEqual((yield* refusedBy(answers[Symbol.asyncIterator]().next())).code, Code.Unimplemented)
    })
  )
})

it.live("at the end watchers hear that the gateway isn't ready, and why their streams end", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(Layer.fresh(Fixture.gateway(often)), scope)
    const { grpc } = yield* Effect.provide(clients(Health), context)
    const states = grpc.watch({ service })[Symbol.asyncIterator]()
    const next = Effect.promise(async () => (await states.next()).value?.status)
    assert.strictEqual(yield* next, Status.SERVING)
    const closed = yield* Effect.forkChild(Scope.close(scope, Exit.void))
    assert.strictEqual(yield* next, Status.NOT_SERVING)
    const error = yield* refusedBy(states.next())
    assert.strictEqual(error.code, Code.Unavailable)
    assert.strictEqual(error.findDetails(ErrorInfoSchema)[0]?.reason, "shutting_down")
    yield* Fiber.join(closed)
  })
)

/** Streams that watch, each from an address that a proxy names. */
const watchFrom = (url: string, address: string) => {
  const leaving = new AbortController()
  const client = createClient(Health, Fixture.transports["gRPC over HTTP/2"](url))
  const headers = { "x-forwarded-for": address }
  const states = client.watch({ service }, { signal: leaving.signal, headers })[Symbol.asyncIterator]()
  return {
    leave: () => leaving.abort(),
    next: () =>
      states.next().then(
        ({ value }) => value?.status,
        (cause: unknown) => ConnectError.from(cause).code
      )
  }
}

const behindProxy = {
  ...often,
  sources: { trustedProxies: ["127.0.0.0/8"], exempt: ["203.0.113.0/24"] }
}

layer(Fixture.gateway(behindProxy), { excludeTestServices: true })("when all together watch too much", (it) => {
  it.effect("the heaviest network makes room, and exempt ones need none", () =>
    Effect.gen(function* () {
      const { url } = yield* GatewayServer
      const many = Array.from({ length: 32 }, (_, index) =>
        Array.from({ length: 16 }, () => watchFrom(url, `2001:db8:0:${index.toString(16)}::1`))
      ).flat()
      const answers = yield* Effect.promise(() => Promise.all(many.map((it) => it.next())))
      assert.isTrue(answers.every((it) => it === Status.SERVING))
      const balancer = watchFrom(url, "192.0.2.1")
      assert.strictEqual(yield* Effect.promise(balancer.next), Status.SERVING)
      // One of them has gone, and learns why.
      const gone = yield* Effect.promise(() => Promise.race(many.map((it) => it.next())))
      assert.strictEqual(gone, Code.ResourceExhausted)
      // More than a network may.
      const exempt = Array.from({ length: 20 }, () => watchFrom(url, "203.0.113.7"))
      const theirs = yield* Effect.promise(() => Promise.all(exempt.map((it) => it.next())))
      assert.isTrue(theirs.every((it) => it === Status.SERVING))
      for (const { leave } of [...many, balancer, ...exempt]) leave()
    })
  )
})

const named = { ...often, host: "0.0.0.0", allowedHosts: ["play.example.org"] }

layer(Fixture.gateway(named), { excludeTestServices: true })("a gateway that is called by its name", (it) => {
  it.effect("tells its health to load balancers, which know its address alone", () =>
    Effect.gen(function* () {
      const { connect, grpc } = yield* clients(Health)
      for (const client of [grpc, connect]) {
        assert.strictEqual((yield* Effect.promise(() => client.check({}))).status, Status.SERVING)
      }
      const rpc = yield* Fixture.rpc("gRPC over HTTP/2")
      // HTTP's 403.
      assert.strictEqual((yield* refusedBy(rpc.executeCommand(Fixture.request()))).code, Code.PermissionDenied)
    })
  )
})

type Wish = ServerReflectionRequest["messageRequest"]

async function* asking(...wishes: ReadonlyArray<Wish>) {
  for (const messageRequest of wishes) yield { host: "here", messageRequest }
}

const namesIn = (files: ReadonlyArray<Uint8Array>) =>
  files.map((it): FileDescriptorProto => fromBinary(FileDescriptorProtoSchema, it))

layer(Fixture.gateway({ ...Fixture.generous, reflection: true }), { excludeTestServices: true })("reflection", (it) => {
  for (const [version, of] of Object.entries({ v1: ServerReflection, v1alpha: ServerReflectionAlpha })) {
    const ask = (...wishes: ReadonlyArray<Wish>) =>
      Effect.gen(function* () {
        const { grpc } = yield* clients(of as typeof ServerReflection)
        return yield* Effect.promise(async () => {
          const answers = []
          for await (const it of grpc.serverReflectionInfo(asking(...wishes))) answers.push(it)
          return answers
        })
      })

    it.effect(`${version}: lists the services`, () =>
      Effect.gen(function* () {
        const [answer] = yield* ask({ case: "listServices", value: "*" })
        assert.strictEqual(answer?.validHost, "here")
        const services =
          answer?.messageResponse.case === "listServicesResponse" ? answer.messageResponse.value.service : []
        assert.deepStrictEqual(
          services.map(({ name }) => name),
          [
            service,
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection"
          ]
        )
      })
    )

    it.effect(`${version}: files come by name and by symbol, complete`, () =>
      Effect.gen(function* () {
        const answers = yield* ask(
          { case: "fileByFilename", value: "google/rpc/error_details.proto" },
          { case: "fileContainingSymbol", value: service },
          { case: "fileContainingSymbol", value: `${service}.ExecuteCommand` },
          { case: "fileContainingSymbol", value: "grpc.health.v1.HealthCheckResponse.ServingStatus" }
        )
        const files = answers.map(({ messageResponse: it }) =>
          namesIn(it.case === "fileDescriptorResponse" ? it.value.fileDescriptorProto : [])
        )
        assert.deepStrictEqual(
          files.map((each) => each.map(({ name }) => name)),
          [
            ["google/rpc/error_details.proto", "google/protobuf/duration.proto"],
            ["galaxy/gateway/v1/edge_gateway.proto"],
            ["galaxy/gateway/v1/edge_gateway.proto"],
            ["grpc/health/v1/health.proto"]
          ]
        )
        const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: (files[1] ?? []).toReversed() }))
        assert.strictEqual(registry.getService(service)?.method["subscribeEvents"]?.methodKind, "server_streaming")
      })
    )

    it.effect(`${version}: what isn't there is said in the stream, which goes on`, () =>
      Effect.gen(function* () {
        const answers = yield* ask(
          { case: "fileByFilename", value: "../etc/passwd" },
          { case: "fileContainingSymbol", value: "galaxy" },
          {
            case: "fileContainingExtension",
            value: { $typeName: "grpc.reflection.v1.ExtensionRequest", containingType: service, extensionNumber: 1 }
          },
          { case: "allExtensionNumbersOfType", value: "nothing.at.All" },
          { case: undefined },
          { case: "allExtensionNumbersOfType", value: "galaxy.gateway.v1.GatewayEvent" }
        )
        assert.deepStrictEqual(
          answers.map(({ messageResponse: it }) => (it.case === "errorResponse" ? it.value.errorCode : it.case)),
          [5, 5, 5, 5, 3, "allExtensionNumbersResponse"]
        )
      })
    )
  }

  it.effect("a stream asks for so much and no more", () =>
    Effect.gen(function* () {
      const { grpc } = yield* clients(ServerReflection)
      const many = Array.from({ length: 300 }, (): Wish => ({ case: "listServices", value: "" }))
      let count = 0
      const error = yield* refusedBy(
        (async () => {
          for await (const _ of grpc.serverReflectionInfo(asking(...many))) count++
        })()
      )
      assert.strictEqual(error.code, Code.ResourceExhausted)
      assert.strictEqual(count, 256)
    })
  )
})
