import { execFile } from "node:child_process"
import { once } from "node:events"
import { createServer, type RequestListener, request as httpRequest } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { nodeListener } from "@galaxy/embed/node"
import { describe, expect, it } from "vitest"
import { database, serverUrl, token } from "./fixture.ts"

const listening = async (listener: RequestListener) => {
  const server = createServer(listener)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

const echo = {
  fetch: async (request: Request) =>
    Response.json(
      { method: request.method, path: new URL(request.url).pathname, body: await request.text() },
      { status: 201, headers: { "x-seen": request.headers.get("x-sent") ?? "" } }
    )
}

describe("a listener of Node", () => {
  it("passes method, path, headers and body on, and the answer back", async () => {
    await using server = await listening(nodeListener(echo))
    const answer = await fetch(`${server.url}/a/b?c=d`, { method: "POST", body: "text", headers: { "x-sent": "1" } })
    expect([answer.status, answer.headers.get("x-seen")]).toEqual([201, "1"])
    expect(await answer.json()).toEqual({ method: "POST", path: "/a/b", body: "text" })
  })

  it("says so when a body parser was there first", async () => {
    const listener = nodeListener(echo)
    await using server = await listening((request, response) => {
      // As express.json() does.
      request.resume().once("end", () => listener(request, response))
    })
    const answer = await fetch(`${server.url}/a`, { method: "POST", body: "{}" })
    expect(answer.status).toBe(500)
    expect(await answer.text()).toContain("mount nodeListener before body parsers such as express.json()")
    expect((await fetch(`${server.url}/a`)).status).toBe(201)
  })

  it("aborts a request whose client is gone", async () => {
    const aborted = Promise.withResolvers<string>()
    const arrived = Promise.withResolvers<void>()
    const hanging = {
      fetch: (request: Request) =>
        new Promise<Response>((resolve) => {
          arrived.resolve()
          request.signal.addEventListener("abort", () => {
            aborted.resolve("aborted")
            resolve(new Response(null, { status: 499 }))
          })
        })
    }
    await using server = await listening(nodeListener(hanging))
    const call = httpRequest(server.url).on("error", () => undefined)
    call.end()
    await arrived.promise
    call.destroy()
    await expect(aborted.promise).resolves.toBe("aborted")
  })

  it("answers 400 to a request that isn't one", async () => {
    await using server = await listening(nodeListener(echo))
    const call = httpRequest(server.url, { headers: { host: "not a host" } })
    call.end()
    const [answer] = await once(call, "response")
    expect(answer.statusCode).toBe(400)
    answer.resume()
  })
})

describe.skipIf(serverUrl === undefined)("a program with a Galaxy", () => {
  const made = database()

  it("ends by itself within a second once it has closed it, with a stream open", async () => {
    const program = fileURLToPath(new URL("programs/ends.ts", import.meta.url))
    const env = { ...process.env, DATABASE_URL: made.url, GATEWAY_TOKEN: token }
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env })
    const { status, streamed, tookMs } = JSON.parse(stdout) as { status: number; streamed: boolean; tookMs: number }
    expect([status, streamed]).toEqual([200, true])
    expect(tookMs).toBeLessThan(1_000)
  })
})
