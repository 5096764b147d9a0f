import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { test } from "node:test"

const { DATABASE_URL } = process.env

test("the app serves Galaxy", { skip: DATABASE_URL ? false : "DATABASE_URL names no PostgreSQL server" }, async () => {
  const secret = Buffer.alloc(32, 7).toString("base64")
  const keys = { GALAXY_SECRET: secret, GATEWAY_SIGNING_KEY: secret, GATEWAY_TOKEN: "a-token-of-this-test-alone" }
  const env = { ...process.env, ...keys, PORT: "0", PLAYERS: "0" }
  const app = spawn(process.execPath, ["main.ts"], { env, stdio: ["ignore", "pipe", "inherit"] })
  try {
    let port: string | undefined
    for await (const line of createInterface({ input: app.stdout })) {
      port = /^listening .*port: (\d+)/.exec(line)?.[1]
      if (port !== undefined) break
    }
    const { status } = await fetch(`http://127.0.0.1:${port}/galaxy/readyz`, { signal: AbortSignal.timeout(10_000) })
    assert.equal(status, 200)
    app.kill("SIGTERM")
    const [code] = await once(app, "exit")
    assert.equal(code, 0)
  } finally {
    app.kill("SIGKILL")
  }
})
