/** The contract of the `BackendClient` port, for every adapter. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as HttpBackendClient from "@galaxy/host-node/gateway/HttpBackendClient"
import * as InProcessBackendClient from "@galaxy/host-node/gateway/InProcessBackendClient"
import { backendClient } from "@galaxy/testkit/contract/backendClient"
import { ScriptedBackend, scriptedBackend } from "@galaxy/testkit/contract/ScriptedBackend"
import { contract } from "@galaxy/testkit/contract/vitest"
import { Effect, Layer, Redacted } from "effect"

/** The backend's handler as a server on a socket. */
const served = (fetch: (request: Request) => Promise<Response>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = http.createServer((incoming, outgoing) => {
        void (async () => {
          const gone = new AbortController()
          outgoing.on("close", () => gone.abort())
          let body = ""
          for await (const part of incoming.setEncoding("utf8")) body += String(part)
          const request = new Request(`http://backend.invalid${incoming.url}`, {
            method: incoming.method ?? "GET",
            headers: new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
            signal: gone.signal,
            ...(body === "" ? {} : { body })
          })
          const answer = await fetch(request)
          outgoing.writeHead(answer.status).end(await answer.text())
        })().catch(() => outgoing.destroy())
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return server
    }),
    (server) =>
      Effect.promise(async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      })
  )

contract(
  "BackendClient contract: HTTP",
  backendClient((timeoutMs, token) =>
    Layer.unwrap(
      Effect.gen(function* () {
        const { fetch, service } = scriptedBackend()
        const { port } = (yield* served(fetch)).address() as AddressInfo
        const client = HttpBackendClient.layer({
          url: `http://127.0.0.1:${port}`,
          token: Redacted.make(token),
          timeoutMs
        })
        return Layer.merge(client, Layer.succeed(ScriptedBackend, service))
      })
    )
  )
)

contract(
  "BackendClient contract: a backend in this process",
  backendClient((timeoutMs, token) =>
    Layer.suspend(() => {
      const { fetch, service } = scriptedBackend()
      return Layer.merge(
        InProcessBackendClient.layer({ fetch, token: Redacted.make(token), timeoutMs }),
        Layer.succeed(ScriptedBackend, service)
      )
    })
  )
)
