import { execFile } from "node:child_process"
import { once } from "node:events"
import { Agent, createServer, type IncomingMessage, type RequestListener, request as httpRequest } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { text } from "node:stream/consumers"
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

const ending = (agent: Agent) => Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() })

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
    expect(await answer.text()).toContain("mount it before body parsers such as express.json()")
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

  it.each([
    ["never reads", async () => new Response("no", { status: 401 })],
    [
      "reads a part",
      async ({ body }: Request) => {
        await body?.getReader().read()
        return new Response("no", { status: 401 })
      }
    ],
    [
      "reads a part and cancels",
      async ({ body }: Request) => {
        const reader = body?.getReader()
        await reader?.read()
        await reader?.cancel()
        return new Response("no", { status: 401 })
      }
    ]
  ])("answers the next request of a connection after a large body that its handler %s", async (_, answer) => {
    await using server = await listening(
      nodeListener({ fetch: (request) => (request.method === "POST" ? answer(request) : echo.fetch(request)) })
    )
    using agent = ending(new Agent({ keepAlive: true, maxSockets: 1 }))
    const call = async (method: string, path: string, body: string) => {
      const request = httpRequest(`${server.url}${path}`, { method, agent })
      request.end(body)
      const [answer] = (await once(request, "response")) as [IncomingMessage]
      return { status: answer.statusCode, text: await text(answer), port: request.socket?.localPort }
    }
    const first = await call("POST", "/first", "x".repeat(3 << 20))
    const second = await call("GET", "/second", "")
    expect([first.status, first.text, second.status]).toEqual([401, "no", 201])
    expect(second.port).toBe(first.port)
  })

  it("tells a handler that reads after its answer that it is too late", async () => {
    const late = Promise.withResolvers<unknown>()
    const readAll = async (reader: ReadableStreamDefaultReader<Uint8Array> | undefined) => {
      while ((await reader?.read())?.done === false);
      return "read as if it were whole"
    }
    const answering = {
      fetch: async ({ body }: Request) => {
        const reader = body?.getReader()
        await reader?.read()
        late.resolve(readAll(reader).catch((cause: unknown) => cause))
        return new Response("early")
      }
    }
    await using server = await listening(nodeListener(answering))
    const request = httpRequest(server.url, { method: "POST", headers: { "content-length": 10 } })
    request.write("x")
    const [answer] = (await once(request, "response")) as [IncomingMessage]
    expect(await text(answer)).toBe("early")
    expect(await late.promise).toBeInstanceOf(Error)
    request.destroy()
  })

  /** The answer to a request written by hand. */
  const raw = async (url: string, head: string): Promise<string> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
    socket.end(`${head}\r\nConnection: close\r\n\r\n`)
    return text(socket)
  }

  it.each([
    ["a host with a path", "GET /a HTTP/1.1\r\nHost: x/api/v1/admin/users?", 400],
    ["a host with a user", "GET /a HTTP/1.1\r\nHost: a@127.0.0.1", 400],
    ["two hosts", "GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: localhost", 400],
    ["two hosts, of which one is the target's", "GET http://localhost/a HTTP/1.1\r\nHost: 127.0.0.1", 400],
    ["no path", "GET mailto:/a HTTP/1.1\r\nHost: 127.0.0.1", 400],
    ["another host", "GET /a HTTP/1.1\r\nHost: rebound.example", 403],
    ["an allowed host", "GET /a HTTP/1.1\r\nHost: club.example:8080", 201],
    ["a target with a host", "GET http://localhost/a HTTP/1.1\r\nHost: localhost", 201]
  ])("takes its path from the target alone: %s", async (_, head, status) => {
    await using server = await listening(nodeListener(echo, { allowedHosts: ["club.example"] }))
    const answer = await raw(server.url, head)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(/"path":"([^"]*)"/.exec(answer)?.[1]).toBe(status === 201 ? "/a" : undefined)
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

  it("ends by itself once it has closed it, with a stream open", async () => {
    const program = fileURLToPath(new URL("programs/ends.ts", import.meta.url))
    const env = { ...process.env, DATABASE_URL: made.url, GATEWAY_TOKEN: token }
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env })
    const { status, streamed, tookMs } = JSON.parse(stdout) as { status: number; streamed: boolean; tookMs: number }
    expect([status, streamed]).toEqual([200, true])
    // What it must not wait for takes longer: a connection that is kept has 5 s, jobs and heartbeats more.
    expect(tookMs).toBeLessThan(4_500)
  })
})
