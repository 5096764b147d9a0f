import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ConfigurationInvalid, load } from "@galaxy/host-node/config/load"
import * as settings from "@galaxy/host-node/config/settings"
import { contradictions } from "@galaxy/host-node/processes/options"
import { assert, it } from "vitest"

const problemsOf = (environment: Readonly<Record<string, string>>) => {
  const gateway = load(settings.gateway, environment, settings.knownNames)
  if (gateway instanceof ConfigurationInvalid) throw gateway
  return contradictions({ gateway })
}

it("a certificate that can't be used is one line that names its setting", () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-tls-"))
  try {
    const file = join(folder, "no.pem")
    const both = { GATEWAY_TLS_CERT_PATH: file, GATEWAY_TLS_KEY_PATH: file }
    assert.deepStrictEqual(problemsOf(both), [
      `GATEWAY_TLS_CERT_PATH: the file ${file} does not exist`,
      `GATEWAY_TLS_KEY_PATH: the file ${file} does not exist`
    ])
    writeFileSync(file, "no certificate")
    assert.deepStrictEqual(problemsOf(both), [
      "GATEWAY_TLS_CERT_PATH, GATEWAY_TLS_KEY_PATH: must be a certificate and its private key, both in PEM"
    ])
    assert.deepStrictEqual(problemsOf({}), [])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it("backends on several machines don't run engines as their children", () => {
  const problem = (engines: "child-process" | "docker", host: string) =>
    contradictions({
      backendAlone: {
        engines,
        dataDir: "/var/lib/galaxy",
        dockerInstallation: "galaxy",
        dockerHosts: [],
        clusterAddr: { host, port: 7070 }
      }
    })
  assert.deepStrictEqual(problem("child-process", "10.0.0.5"), [
    "BACKEND_CLUSTER_ADDR: other machines can't reach engines that are this backend's children. Set BACKEND_ENGINES=docker, or a loopback address where all backends are on this machine"
  ])
  assert.deepStrictEqual(problem("child-process", "127.0.0.1"), [])
  assert.deepStrictEqual(problem("docker", "10.0.0.5"), [])
  // All backends of all machines would have this one.
  for (const host of ["0.0.0.0", "::"]) {
    assert.match(
      problem("docker", host).join("\n"),
      /^BACKEND_CLUSTER_ADDR: must be where other backends reach this one[^\n]*$/
    )
  }
})
