/** connect-web in Chromium, on a page of another origin than the gateway's. */
import { type ChildProcess, spawn } from "node:child_process"
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { rolldown } from "rolldown"
import { hasForTests } from "../../../../../scripts/lib/hasForTests.ts"
import { start, type Stand } from "../conformance/stand.ts"
import { deviceKey, request, type Wish } from "../fixture.ts"
import type { Seen } from "./page.ts"

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const chromium =
  process.env["GALAXY_TEST_CHROMIUM"] ||
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "chromium"))
    .find(isExecutable)
hasForTests(chromium !== undefined, "connect-web in a browser (no chromium on this machine)")

const bundle = async (): Promise<string> => {
  const build = await rolldown({
    input: fileURLToPath(new URL("page.ts", import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["@galaxy/source", "browser", "import"] },
    logLevel: "silent"
  })
  const { output } = await build.generate({ format: "iife" })
  await build.close()
  return output[0].code
}

/** Proto3's JSON: bytes as base64, 64-bit numbers as text. */
const jsonOf = (wish: Wish) =>
  JSON.stringify(request(wish), (_, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64")
    return typeof value === "bigint" ? value.toString() : value
  })

/** What a page asks its server for: requests to send, and things to happen. */
const answerTo = (stand: Stand, path: string): string => {
  const [, verb, what, deviceSessionId = ""] = path.split("/")
  if (verb === "seen") {
    if (what === "1") stand.happens(deviceSessionId)
    else stand.revoke(deviceSessionId)
    return "{}"
  }
  switch (what) {
    case "forged":
      return jsonOf({ signer: deviceKey(2) })
    case "hanging":
      return jsonOf({ requestId: `hang-${globalThis.crypto.randomUUID()}` })
    case "subscription":
      return jsonOf({ messageType: "gateway.subscribe", deviceSessionId: stand.newSession() })
    default:
      return jsonOf({})
  }
}

/** A page's own server; `told` is what the page has seen in the end. */
const pageServer = (script: string, stand: Promise<Stand>) => {
  const { promise: told, resolve } = Promise.withResolvers<Readonly<Record<string, Seen>>>()
  const server = createServer((incoming, outgoing) => {
    const { method, url = "" } = incoming
    if (method !== "POST") {
      outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8" })
      outgoing.end(`<!doctype html><title>A page</title><script>${script.replaceAll("</", "<\\/")}</script>`)
    } else if (url === "/told") {
      let text = ""
      incoming.setEncoding("utf8").on("data", (part: string) => {
        text += part
      })
      incoming.on("end", () => {
        outgoing.end("{}")
        resolve(JSON.parse(text) as Readonly<Record<string, Seen>>)
      })
    } else void stand.then((it) => outgoing.end(answerTo(it, url)))
  })
  return { server, told }
}

const listening = (server: Server) =>
  new Promise<string>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.once("close", () => resolve())
    child.kill("SIGKILL")
  })

/** Opens the page in a browser until it has told what it saw. `lists` says whether the gateway lists the page's origin. */
const seenBy = async (browser: string, lists: boolean) => {
  const profile = mkdtempSync(join(tmpdir(), "galaxy-browser-"))
  const scope = Scope.makeUnsafe()
  const { promise: started, resolve: gatewayStarted } = Promise.withResolvers<Stand>()
  const { server, told } = pageServer(await bundle(), started)
  const origin = await listening(server)
  const corsOrigins = [lists ? origin : "https://elsewhere.example"]
  const stand = await Effect.runPromise(Scope.provide(start({ corsOrigins }), scope))
  gatewayStarted(stand)
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${profile}`]
  const child = spawn(browser, [...args, `${origin}/?gateway=${encodeURIComponent(stand.url)}`], { stdio: "ignore" })
  try {
    return await told
  } finally {
    await ended(child)
    server.closeAllConnections()
    server.close()
    await Effect.runPromise(Scope.close(scope, Exit.void))
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 })
  }
}

const transports = ["Connect, protobuf", "Connect, JSON", "gRPC-Web, protobuf", "gRPC-Web, JSON"]

describe.skipIf(chromium === undefined)("connect-web in a browser", () => {
  it("calls, subscribes and reads refusals from a listed origin", async () => {
    const seen = await seenBy(chromium ?? "", true)
    const expected: Seen = {
      answered: "ok",
      refused: "Unauthenticated galaxy invalid_signature",
      timedOut: "DeadlineExceeded",
      events: ["gateway.server_time", "game.turn.ready"],
      ended: "FailedPrecondition galaxy session_revoked"
    }
    assert.deepStrictEqual(seen, Object.fromEntries(transports.map((name) => [name, expected])))
  })

  it("reads nothing from any other origin", async () => {
    const seen = await seenBy(chromium ?? "", false)
    for (const name of transports) assert.strictEqual(seen[name]?.answered, "Unknown", name)
  })
})
