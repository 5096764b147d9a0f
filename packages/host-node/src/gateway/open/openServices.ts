/**
 * What anybody may ask a gateway over gRPC (and gRPC-Web, and Connect) without a signature: its health and, where that is
 * switched on, its proto files.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Code, ConnectError, createContextKey, createContextValues, type HandlerContext } from "@connectrpc/connect"
import { connectNodeAdapter } from "@connectrpc/connect-node"
import {
  EdgeGateway,
  file_galaxy_gateway_v1_edge_gateway
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { file_google_rpc_error_details } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import { file_grpc_health_v1_health, Health } from "@galaxy/contract/gen/proto/grpc/health/v1/health_pb"
import {
  file_grpc_reflection_v1_reflection,
  ServerReflection
} from "@galaxy/contract/gen/proto/grpc/reflection/v1/reflection_pb"
import {
  file_grpc_reflection_v1alpha_reflection,
  ServerReflection as ServerReflectionAlpha
} from "@galaxy/contract/gen/proto/grpc/reflection/v1alpha/reflection_pb"
import { boundOf } from "@galaxy/edge/address"
import type { Handler } from "../../http/guard.ts"
import { arrivalOf } from "../bounds/Admission.ts"
import { tellEncodings } from "../callBodies.ts"
import { type CallKind, refusedByHead, refuseUnknown } from "../callHeads.ts"
import { readToTheEnd } from "../readToTheEnd.ts"
import { dropUnreachable } from "../timeouts.ts"
import { DescribedFiles } from "./DescribedFiles.ts"
import * as HealthService from "./health.ts"
import { HealthWatchers } from "./HealthWatchers.ts"
import * as Reflection from "./reflection.ts"

/** What the open services need. */
export interface OpenServicesOptions {
  /** Whether the gateway should get requests. */
  readonly isReady: () => Promise<boolean>
  /** How often watchers' state is looked at, in milliseconds. */
  readonly everyMs: number
  /** Whether there is server reflection. */
  readonly reflection: boolean
}

/** Requests here are a name each. */
const readMaxBytes = 16 * 1024

/** Watchers of one network, and overall. */
const watchersPerNetwork = 16
const watchersOverall = 512

const holderKey = createContextKey<string | undefined>(undefined)

/** What can't be read is the client's fault, whatever its codec. */
const blameClient = ({ signal }: HandlerContext) => {
  signal.addEventListener(
    "abort",
    () => {
      const error: unknown = signal.reason
      if (error instanceof ConnectError && error.code === Code.Internal)
        Object.assign(error, { code: Code.InvalidArgument })
    },
    { once: true }
  )
}

/** Serves health checks and reflection. `changed` and `close` are for the beginning and the end of the gateway's end. */
export const make = ({ everyMs, isReady, reflection }: OpenServicesOptions) => {
  const watchers = new HealthWatchers({ isReady, everyMs, perHolder: watchersPerNetwork, overall: watchersOverall })
  const services = [EdgeGateway, Health, ...(reflection ? [ServerReflection, ServerReflectionAlpha] : [])]
  const names = services.map(({ typeName }) => typeName)
  const adapter = connectNodeAdapter({
    readMaxBytes,
    binaryOptions: { readUnknownFields: false },
    requestGate: blameClient,
    contextValues: (request) =>
      createContextValues().set(holderKey, boundOf(arrivalOf(request)?.peer ?? { ip: "unknown" })),
    routes: (router) => {
      const holderOf = ({ values }: HandlerContext) => values.get(holderKey)
      router.service(Health, HealthService.make({ isReady, watchers, services: new Set(["", ...names]), holderOf }))
      if (!reflection) return
      const files = new DescribedFiles([
        file_galaxy_gateway_v1_edge_gateway,
        file_google_rpc_error_details,
        file_grpc_health_v1_health,
        file_grpc_reflection_v1_reflection,
        file_grpc_reflection_v1alpha_reflection
      ])
      const serverReflectionInfo = Reflection.make(files, names)
      router.service(ServerReflection, { serverReflectionInfo })
      router.service(ServerReflectionAlpha, { serverReflectionInfo: serverReflectionInfo as never })
    }
  })
  const kinds = new Map<string, CallKind>(
    services
      .filter((it) => it !== EdgeGateway)
      .flatMap(({ methods, typeName }) =>
        methods.map(
          ({ methodKind, name }) => [`/${typeName}/${name}`, methodKind === "unary" ? "unary" : "stream"] as const
        )
      )
  )
  const prefixes = [...new Set([...kinds.keys()].map((path) => path.slice(0, path.lastIndexOf("/") + 1)))]
  return {
    /** Whether a path is one of these services. */
    handles: (url: string) => prefixes.some((it) => url.startsWith(it)),
    handler: ((request: IncomingMessage, response: ServerResponse) => {
      const kind = kinds.get((request.url ?? "").split("?", 1)[0] ?? "")
      if (kind === undefined) refuseUnknown(request, response)
      else if (!refusedByHead(request, response, kind)) {
        dropUnreachable(request)
        tellEncodings(request, response)
        readToTheEnd(request, response, { parts: [], isWhole: false })
        adapter(request, response)
      }
    }) satisfies Handler,
    /** Readiness may have changed. */
    changed: () => watchers.look(),
    /** Ends the streams of watchers. */
    close: () => watchers.close()
  }
}
