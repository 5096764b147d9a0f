/** What `doctor` says of the certificate of a real TLS server, before its end and after. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServer } from "node:tls"
import { afterAll, beforeAll, expect, it } from "vitest"
import { hasForTests } from "../../../scripts/lib/hasForTests.ts"
import { cli } from "./cli.ts"
import { sampleServer } from "./samples.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-certificate-"))
const dayMs = 86_400_000
let url = ""
let stop = () => {}

const hasOpenssl = hasForTests(
  spawnSync("openssl", ["version"]).status === 0,
  "what is said of certificates (there is no openssl)"
)

beforeAll(async () => {
  if (!hasOpenssl) return
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")]
  const made = spawnSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost"].concat(
      "-days",
      "20",
      "-keyout",
      key,
      "-out",
      certificate
    ),
    { encoding: "utf8" }
  )
  if (made.status !== 0) throw new Error(made.stderr)
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
    socket.on("error", () => {})
  }).listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  stop = () => void server.close()
})
afterAll(() => {
  stop()
  rmSync(folder, { recursive: true, force: true })
})

const finding = async (days: number) => {
  const { stdout } = await cli(["doctor", "-o", "json"], {
    env: { GALAXY_ADMIN_SERVER: url, GALAXY_ADMIN_USER: "root", GALAXY_ADMIN_PASSWORD: "correct horse" },
    fetch: sampleServer,
    // Half an hour that the test may take more or less.
    now: Date.now() + days * dayMs - 1_800_000
  })
  const { findings } = JSON.parse(stdout) as {
    readonly findings: ReadonlyArray<{ id: string; state: string; message: string }>
  }
  return findings.find((it) => it.id === "tls.certificate")
}

it.skipIf(!hasOpenssl)("tells how long it is valid, and warns two weeks before its end", async () => {
  const warned: Array<string> = []
  const heard = ({ message }: Error) => warned.push(message)
  process.on("warning", heard)
  expect(await finding(0)).toMatchObject({ state: "ok", message: expect.stringContaining("20 more days") as string })
  expect(await finding(6)).toMatchObject({ state: "ok" })
  expect(await finding(7)).toMatchObject({ state: "warning", message: expect.stringContaining("13 days") as string })
  expect(await finding(21)).toMatchObject({
    state: "problem",
    message: expect.stringContaining("has expired") as string
  })
  await new Promise((resolve) => setImmediate(resolve))
  process.off("warning", heard)
  expect(warned).toEqual([])
})

it.skipIf(!hasOpenssl)("is told even where the calls fail of it", async () => {
  const refused = Object.assign(new TypeError("fetch failed"), {
    cause: Object.assign(new Error("expired"), { code: "CERT_HAS_EXPIRED" })
  })
  const { code, stdout } = await cli(["doctor"], {
    env: { GALAXY_ADMIN_SERVER: url, GALAXY_ADMIN_USER: "root", GALAXY_ADMIN_PASSWORD: "correct horse" },
    fetch: () => Promise.reject(refused),
    now: Date.now() + 21 * dayMs,
    passing: true
  })
  expect(code).toBe(1)
  expect(stdout).toContain("its certificate has expired")
  expect(stdout).toContain("[tls.certificate]")
})
