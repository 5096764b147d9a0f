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
