/**
 * The optional listener from which Prometheus reads `/metrics`, and nothing else.
 *
 * It asks nobody who they are, so it belongs on loopback or on a network of the operators. Pages in a browser can't read it
 * through another name of this machine.
 */
import type { AddressInfo } from "node:net"
import { Effect, Layer, Schema } from "effect"
import type { Address } from "../config/Setting.ts"
import { hostsOf, urlHostOf } from "../http/hosts.ts"
import { createListener } from "../http/Listener.ts"
import { refuse } from "../http/refuse.ts"
import { Collecting } from "./collecting.ts"
import { merged, type OfProcess } from "./mergedMetrics.ts"
import { contentType, text } from "./prometheus.ts"

/** The port can't be listened on. */
export class AdminListenerUnavailable extends Schema.TaggedError<AdminListenerUnavailable>()(
  "AdminListenerUnavailable",
  { message: Schema.String }
) {}

const times = { headersTimeout: 2_000, requestTimeout: 10_000, keepAliveTimeout: 60_000 }

/** The metrics of further processes, for which this one answers. Never rejects. */
export type Others = () => Promise<ReadonlyArray<OfProcess>>

/** `resource` describes the process. Listens until the scope closes; fails with `AdminListenerUnavailable`. */
export const layer = (
  address: Address,
  resource: Readonly<Record<string, string>>,
  others?: Others
): Layer.Layer<never, AdminListenerUnavailable> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { collect } = yield* Collecting
      /** All of it; at once where this process answers for itself alone. */
      const read = (done: (all: string) => void) => {
        collect()
        const own = text(resource)
        if (others === undefined) done(own)
        else void others().then((theirs) => done(merged([{ process: 0, text: own }, ...theirs])))
      }
      const server = createListener(
        times,
        { hosts: hostsOf(address.host), sameSiteWrites: true },
        (request, response) => {
          const path = request.url?.split("?", 1)[0]
          if (path !== "/metrics") refuse(request, response, "not_found", "there is only /metrics")
          else if (request.method !== "GET" && request.method !== "HEAD") {
            response.setHeader("allow", "GET, HEAD")
            refuse(request, response, "method_not_allowed", "use GET")
          } else {
            read((all) => {
              response.writeHead(200, { "content-type": contentType, "cache-control": "no-store" })
              response.end(request.method === "HEAD" ? undefined : all)
            })
          }
          return true
        }
      )
      yield* Effect.acquireRelease(
        Effect.callback<void, AdminListenerUnavailable>((resume) => {
          server.on("error", ({ message }) => resume(Effect.fail(new AdminListenerUnavailable({ message }))))
          server.listen(address.port, address.host, () => resume(Effect.void))
        }),
        () =>
          Effect.sync(() => {
            server.close()
            server.closeAllConnections()
          })
      )
      const { port } = server.address() as AddressInfo
      const url = `http://${urlHostOf(address.host)}:${port}/metrics`
      yield* Effect.logInfo("metrics can be read").pipe(Effect.annotateLogs({ metrics_url: url }))
    })
  )
