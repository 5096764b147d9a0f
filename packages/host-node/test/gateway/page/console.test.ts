/** The operators' console on a listener of the backend's kind: its files below `/admin/`, and everything else as before. */
import { once } from "node:events"
import { request as httpRequest } from "node:http"
import type { AddressInfo } from "node:net"
import { load } from "@galaxy/host-node/gateway/page/PageFolder"
import { serveConsole } from "@galaxy/host-node/gateway/page/serveConsole"
import { hostsOf } from "@galaxy/host-node/http/hosts"
import { createListener } from "@galaxy/host-node/http/Listener"
import { Effect } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { chunk, chunkPath, makePage, shell } from "./pageFixture.ts"

const build = makePage()
let server: ReturnType<typeof createListener>
const reached: Array<string> = []

beforeAll(async () => {
  const page = await Effect.runPromise(load({ folder: build.folder }))
  server = createListener({}, { hosts: hostsOf("127.0.0.1"), sameSiteWrites: true }, serveConsole(page))
  server.on("request", (request, response) => {
    reached.push(`${request.method} ${request.url}`)
    response.writeHead(404).end()
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
  build.remove()
})

/** The path as it is: a URL would be tidied first. */
const send = async (path: string, options: { method?: string; headers?: Record<string, string> } = {}) => {
  const { port } = server.address() as AddressInfo
  const call = httpRequest({ port, host: "127.0.0.1", path, agent: false, ...options })
  call.end()
  const [response] = await once(call, "response")
  let body = ""
  for await (const part of response) body += String(part)
  return { status: response.statusCode as number, headers: response.headers, body }
}

it("is at /admin/, with its policy", async () => {
  expect(await send("/admin")).toMatchObject({ status: 308, headers: { location: "/admin/" } })
  const { body, headers, status } = await send("/admin/", { headers: { accept: "text/html" } })
  expect([status, body]).toEqual([200, shell])
  expect(headers["content-security-policy"]).toContain("default-src 'none'")
  expect(headers["x-content-type-options"]).toBe("nosniff")
  expect((await send(`/admin${chunkPath}`)).body).toBe(chunk)
})

it("leaves every other request to the routes, unchanged", async () => {
  reached.length = 0
  const others = [
    "GET /",
    "GET /docs",
    "GET /api/v1/admin/games?limit=1",
    `GET ${chunkPath}`,
    "GET /administration",
    "GET /admin/secret.txt",
    "GET /admin/../admin/secret.txt",
    "GET /admin/_app/missing.js",
    "POST /admin/"
  ]
  for (const it of others) {
    const [method = "", path = ""] = it.split(" ")
    expect((await send(path, { method })).status).toBe(404)
  }
  expect(reached).toEqual(others)
})

it("isn't shown to another host name", async () => {
  expect((await send("/admin/", { headers: { host: "evil.example" } })).status).toBe(403)
})
