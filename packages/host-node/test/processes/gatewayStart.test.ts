/** A gateway process that can't do its work doesn't start, and says everything that is wrong at once. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Endorsements from "@galaxy/host-node/gateway/keys/endorsements"
import { checked } from "@galaxy/host-node/processes/gatewayStart"
import { afterAll, assert, describe, it } from "vitest"
import { Effect } from "effect"
import { hasServer, redisWith } from "../gateway/redis.ts"
import { Process } from "./Process.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-start-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, content: string | Uint8Array, mode = 0o600): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

const seed = new Uint8Array(32).fill(2)

const environment = {
  GATEWAY_HTTP_ADDR: ":0",
  GATEWAY_BACKEND_HTTP_URL: "http://127.0.0.1:1",
  GATEWAY_BACKEND_GRPC_PUSH_URL: "http://127.0.0.1:1",
  GATEWAY_REDIS_URL: "redis://127.0.0.1:1",
  GATEWAY_SIGNING_KEY: Buffer.from(seed).toString("hex")
}

/** A backend that lets in whoever has the token. */
const backend = (token: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((request, response) => {
        response.writeHead(request.headers["x-gateway-token"] === token ? 404 : 401).end("{}")
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
    }),
    (it) => Effect.sync(() => it.close())
  )

const settingsNamed = (lines: ReadonlyArray<string>) => lines.map((it) => it.split(": ", 1)[0])

describe("the start of a gateway", () => {
  it("names everything that is wrong at once: settings, keys, Redis and the backend's refusal", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const { url } = yield* backend("right")
          const lonely = new Process("processes/gateway", {
            ...environment,
            GATEWAY_BACKEND_HTTP_URL: url,
            GATEWAY_BACKEND_TOKEN: "wr0ng",
            GATEWAY_SIGNING_KEY: "",
            GATEWAY_BUDGET_IP: "many",
            GATEWAY_REDIS_ULR: "redis://127.0.0.1:1"
          })
          const ended = yield* Effect.promise(() => lonely.ended)
          const lines = lonely.output.trimEnd().split("\n")
          assert.deepStrictEqual(settingsNamed(lines), [
            "GATEWAY_REDIS_ULR",
            "GATEWAY_BUDGET_IP",
            "GATEWAY_SIGNING_KEY, GATEWAY_SIGNING_KEY_PATH",
            "GATEWAY_REDIS_URL",
            "GATEWAY_BACKEND_TOKEN",
            "Nothing was started; --help lists all settings."
          ])
          assert.strictEqual(ended.code, 2)
          assert.notInclude(lonely.output, "wr0ng")
        })
      )
    ))

  it("needs one of the Sentinels where there are some, and every backend that can be reached to take its token", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const [one, other] = [yield* backend("right"), yield* backend("other")]
          const start = yield* checked({
            ...environment,
            GATEWAY_BACKEND_HTTP_URL: `${one.url}, http://127.0.0.1:1, ${other.url}`,
            GATEWAY_BACKEND_TOKEN: "right",
            GATEWAY_REDIS_SENTINELS: "127.0.0.1:1,[::1]:1",
            GATEWAY_REDIS_SENTINEL_MASTER: "galaxy"
          })
          assert.isTrue("elsewhere" in start)
          const problems = "elsewhere" in start ? start.elsewhere : []
          assert.deepStrictEqual(settingsNamed(problems), ["GATEWAY_REDIS_SENTINELS", "GATEWAY_BACKEND_TOKEN"])
          assert.match(problems[0] ?? "", /galaxy of the Sentinels 127\.0\.0\.1:1, ::1:1 can't be used: no Sentinel/)
        })
      )
    ))

  it.skipIf(!hasServer)("needs the password of Redis; a backend that can't be reached yet is no reason to wait", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const redis = yield* redisWith("--requirepass", "r1ght")
          const at = (password: string) => `redis://:${password}@127.0.0.1:${redis.port}/0`
          const refused = new Process("processes/gateway", { ...environment, GATEWAY_REDIS_URL: at("wr0ng") })
          assert.strictEqual((yield* Effect.promise(() => refused.ended)).code, 1)
          assert.match(
            refused.output,
            /^GATEWAY_REDIS_URL: Redis at 127\.0\.0\.1:\d+ can't be used: Redis refuses the credentials\nNothing was started\.\n$/
          )
          assert.notInclude(refused.output, "wr0ng")
          const path = file("open.key", seed, 0o644)
          const started = yield* Effect.acquireRelease(
            Effect.sync(
              () =>
                new Process("processes/gateway", {
                  ...environment,
                  GATEWAY_REDIS_URL: at("r1ght"),
                  GATEWAY_SIGNING_KEY: "",
                  GATEWAY_SIGNING_KEY_PATH: path
                })
            ),
            (it) => Effect.promise(() => it.kill("SIGKILL"))
          )
          const [, url = ""] = yield* Effect.promise(() => started.until(/"gateway listens","url":"([^"]+)"/))
          yield* Effect.promise(() =>
            started.until(/every user of this machine can read the signing key in .*open\.key/)
          )
          const ready: unknown = yield* Effect.promise(async () => (await fetch(`${url}/readyz`)).json())
          assert.propertyVal(ready, "backend", "unavailable")
        })
      )
    )
  )
})

const problemsOf = async (more: Readonly<Record<string, string>>) => {
  const start = await Effect.runPromise(checked({ ...environment, ...more }))
  return "keys" in start ? [] : start.configuration
}

describe("the keys of a gateway process", () => {
  it("come from one place, and a file says what is wrong with it", async () => {
    assert.deepStrictEqual(await problemsOf({}), [])
    const both = await problemsOf({ GATEWAY_SIGNING_KEY_PATH: file("good.key", seed) })
    assert.match(both.join("\n"), /^GATEWAY_SIGNING_KEY, GATEWAY_SIGNING_KEY_PATH: set one of them, and only one$/)
    for (const [path, problem] of [
      [join(folder, "none.key"), /^GATEWAY_SIGNING_KEY_PATH: the file .* does not exist$/],
      [file("bad.key", "s3cret"), /^GATEWAY_SIGNING_KEY_PATH: .*bad\.key must be an unencrypted Ed25519 private key/]
    ] as const) {
      assert.match((await problemsOf({ GATEWAY_SIGNING_KEY: "", GATEWAY_SIGNING_KEY_PATH: path })).join("\n"), problem)
    }
    const malformed = await problemsOf({ GATEWAY_SIGNING_KEY: "s3cret" })
    assert.match(malformed.join("\n"), /^GATEWAY_SIGNING_KEY: must be [^\n]*$/)
    assert.notInclude(malformed.join("\n"), "s3cret")
  })

  it("may be endorsed by a document that holds, and by no other", async () => {
    const [other, strange] = [new Uint8Array(32).fill(3), new Uint8Array(32).fill(4)]
    const document = (name: string, old: Uint8Array, next: Uint8Array) =>
      file(name, JSON.stringify(Endorsements.endorse(old, next, Date.now() + 60_000)))
    const path = "GATEWAY_KEY_ENDORSEMENTS_PATH"
    assert.deepStrictEqual(await problemsOf({ [path]: document("good.json", other, seed) }), [])
    assert.match(
      (await problemsOf({ [path]: document("other.json", other, strange) })).join("\n"),
      /^GATEWAY_KEY_ENDORSEMENTS_PATH: .*other\.json: must name the key that signs here, whose public half is [^\n]*$/
    )
    assert.match((await problemsOf({ [path]: join(folder, "none") })).join("\n"), /the file .* does not exist$/)
  })

  it("are made and endorsed by a program, whose output suits every gateway of the rotation", async () => {
    const run = async (...args: ReadonlyArray<string>) => {
      const program = new Process("processes/signing-key", {}, args)
      return { ...(await program.ended), output: program.output }
    }
    const [old, next] = [join(folder, "old.pem"), join(folder, "new.pem")]
    const made = await Promise.all([run("new", old), run("new", next)])
    assert.deepStrictEqual(
      made.map((it) => it.code),
      [0, 0]
    )
    const [publicHalf, fingerprint] = await Promise.all([run("public", old), run("fingerprint", old)])
    assert.strictEqual(publicHalf.output, made[0]?.output)
    const hex = Buffer.from(publicHalf.output, "base64").toString("hex")
    assert.match(fingerprint.output, /^([0-9a-f]{4} ){3}[0-9a-f]{4}\n$/)
    assert.strictEqual(fingerprint.output.replaceAll(/\s/g, ""), hex.slice(0, 16))
    const endorsed = await run("endorse", "--old", old, "--new", next, "--for", "90d")
    assert.strictEqual(endorsed.code, 0)
    const path = file("made.json", endorsed.output)
    for (const key of [old, next]) {
      assert.deepStrictEqual(
        await problemsOf({
          GATEWAY_SIGNING_KEY: "",
          GATEWAY_SIGNING_KEY_PATH: key,
          GATEWAY_KEY_ENDORSEMENTS_PATH: path
        }),
        []
      )
    }
    const again = await run("new", old)
    assert.deepStrictEqual([again.code, again.output], [2, `${old} exists already; name another file\n`])
    const secret = readFileSync(old, "utf8").split("\n")[1] ?? ""
    for (const { output } of [...made, endorsed]) assert.notInclude(output, secret)
  })
})
