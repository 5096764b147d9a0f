/** The client in a real browser: its own keys, its own WebCrypto, streaming fetch. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import * as http from "node:http"
import { stripTypeScriptTypes } from "node:module"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"

const chromium = process.env["GALAXY_TEST_CHROMIUM"]
if (chromium === undefined) console.warn("skipped: the client in a browser (GALAXY_TEST_CHROMIUM names none)")

/** What runs in the page. It is never called here: its text is sent to the browser. */
const script = `
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { gatewayKey } from "@galaxy/client/verify"
import { isHonest } from "@galaxy/contract/signing/PublicKey"
import { edgeCryptoVectors } from "@galaxy/testkit/contract/edgeCryptoVectors"
import { Effect, Stream } from "effect"

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (it) => Number.parseInt(it, 16))
const misjudged = []
for (const { note, accepted, publicKey, message, signature } of edgeCryptoVectors) {
  const key = bytes(publicKey)
  const taken = isHonest(key) && (await (await gatewayKey(key)).verifies(bytes(message), bytes(signature)))
  if (taken !== accepted) misjudged.push(note)
}

const baseUrl = location.origin
const email = "browser@example.org"
const report = (result) => fetch("/result", { method: "POST", body: JSON.stringify(result) })

try {
  const key = await DeviceKey.generate()
  const challengeId = await Effect.runPromise(PublicEdge.sendEmailCode(baseUrl, { email }))
  const code = await (await fetch("/code")).text()
  const deviceSessionId = await Effect.runPromise(PublicEdge.confirmEmailCode(baseUrl, { challengeId, code, key }))
  const client = await Effect.runPromise(GalaxyClient.make({ baseUrl, session: { deviceSessionId, key } }))
  const account = await Effect.runPromise(client.call("user.account.get", {}))
  const ended = Effect.runPromise(Effect.flip(Stream.runDrain(client.events("now"))))
  await Effect.runPromise(client.call("user.sessions.revoke", { device_session_id: deviceSessionId }))
  await report({ misjudged, email: account.email, extractable: key.handle?.privateKey.extractable, ended: (await ended)._tag })
} catch (error) {
  await report({ error: String(error), stack: error?.stack })
}
`

/** A module that can't be loaded runs nothing: the page itself has to tell. */
const page = `<!doctype html><script>
const told = (error) => fetch("/result", { method: "POST", body: JSON.stringify({ error }) })
addEventListener("error", (event) => told(event.message ?? "a module can't be loaded"), true)
</script><script type="module" src="/run.js"></script>`

const importing = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"']+)\2/g

/** Bare names become paths of files, which the page can ask for; the file system is the only bundler. */
const forBrowser = (code: string): string =>
  code.replace(importing, (whole, before: string, quote: string, name: string) => {
    if (/^[./]/.test(name)) return whole
    try {
      // flatbuffers has its ES modules under the "module" field, as every bundler takes it.
      const path = fileURLToPath(import.meta.resolve(name)).replace("/flatbuffers/js/", "/flatbuffers/mjs/")
      return `${before}${quote}/fs${path}${quote}`
    } catch {
      // A comment or a string that looks like an import.
      return whole
    }
  })

const moduleAt = (path: string): string => {
  const code = readFileSync(path, "utf8")
  return forBrowser(path.endsWith(".ts") ? stripTypeScriptTypes(code) : code)
}

const proxied = (request: http.IncomingMessage, response: http.ServerResponse, target: string) => {
  const upstream = http.request(
    new URL(request.url ?? "/", target),
    { method: request.method, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    }
  )
  upstream.on("error", () => response.destroy())
  response.on("close", () => upstream.destroy())
  request.pipe(upstream)
}

const textOf = async (request: http.IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString("utf8")
}

/** One origin for the page, its modules and the gateway behind it; resolves with what the page reports. */
const serve = (gatewayUrl: string, code: () => Promise<string>) => {
  let resolveResult: (text: string) => void = () => undefined
  const result = new Promise<string>((resolve) => {
    resolveResult = resolve
  })
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/"
    if (path.startsWith("/api/") || path.startsWith("/galaxy.")) {
      proxied(request, response, gatewayUrl)
      return
    }
    if (path === "/result") {
      resolveResult(await textOf(request))
      response.end()
    } else if (path === "/code") response.end(await code())
    else if (path === "/") response.setHeader("content-type", "text/html").end(page)
    else if (path === "/run.js") response.setHeader("content-type", "text/javascript").end(forBrowser(script))
    else if (path.startsWith("/fs/")) {
      response.setHeader("content-type", "text/javascript").end(moduleAt(path.slice("/fs".length)))
    } else {
      response.writeHead(404).end()
      if (path !== "/favicon.ico") resolveResult(JSON.stringify({ path, error: "not found" }))
    }
  }
  const server = http.createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      response.writeHead(500).end(String(cause))
      resolveResult(JSON.stringify({ path: request.url, error: String(cause) }))
    })
  })
  return { server, result }
}

const listening = (server: http.Server) =>
  new Promise<string>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    })
  })

const browse = (url: string): { readonly child: ChildProcess; readonly profile: string } => {
  const profile = mkdtempSync(join(tmpdir(), "galaxy-chromium-"))
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
  const child = spawn(chromium ?? "", [...flags, ...quiet, `--user-data-dir=${profile}`, url], { stdio: "ignore" })
  return { child, profile }
}

describe.skipIf(chromium === undefined)("the client in Chromium", () => {
  layer(TestGalaxy.layer(), { timeout: "240 seconds", excludeTestServices: true })((it) => {
    it.effect(
      "signs in with a key that can't be read out, calls, streams, and learns of its end",
      () =>
        Effect.gen(function* () {
          const galaxy = yield* TestGalaxy.Galaxy
          const codeIn = galaxy.mails.pipe(
            Effect.map((mails) => /\b\d{8}\b/.exec(mails.at(-1)?.text ?? "")?.[0]),
            Effect.filterOrFail((code) => code !== undefined),
            Effect.retry({ times: 400, schedule: Schedule.spaced("25 millis") })
          )
          const { server, result } = serve(galaxy.gatewayUrl, () => Effect.runPromise(codeIn))
          const url = yield* Effect.promise(() => listening(server))
          const { child, profile } = yield* Effect.acquireRelease(
            Effect.sync(() => browse(url)),
            (it) =>
              Effect.promise(async () => {
                const gone = new Promise((resolve) => it.child.once("exit", resolve))
                it.child.kill("SIGKILL")
                await gone
                server.closeAllConnections()
                server.close()
                rmSync(it.profile, { recursive: true, force: true, maxRetries: 5 })
              })
          )
          assert.isDefined(child.pid)
          assert.isNotEmpty(profile)
          const reported = yield* Effect.promise(() => result).pipe(Effect.timeout("60 seconds"))
          assert.deepStrictEqual(JSON.parse(reported), {
            email: "browser@example.org",
            misjudged: [],
            extractable: false,
            ended: "SessionEnded"
          })
        }),
      90_000
    )
  })
})
