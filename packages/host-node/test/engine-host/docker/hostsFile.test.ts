/** What an operator writes about hosts: read whole, or with every problem named. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { hostsSetting } from "@galaxy/host-node/engine-host/docker/hostsFile"

let folder = ""
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "galaxy-hosts-"))
  for (const name of ["ca", "cert", "key"]) writeFileSync(join(folder, `${name}.pem`), `the ${name}`)
})
afterAll(() => rmSync(folder, { recursive: true }))

const local = { name: "alpha", endpoint: "unix:///var/run/docker.sock", reach: "bridge", engines: 200 }
const parsed = (...hosts: ReadonlyArray<unknown>) => hostsSetting(JSON.stringify(hosts))
const problems = (...hosts: ReadonlyArray<unknown>) => {
  const result = parsed(...hosts)
  return "problem" in result ? [result.problem, ...(result.more ?? [])] : []
}

describe("the hosts of engines", () => {
  it("are a list of JSON, or a file with one", () => {
    const value = [
      {
        name: "alpha",
        endpoint: { socketPath: "/var/run/docker.sock" },
        reach: { by: "bridge" },
        network: "galaxy-engines",
        labels: {},
        most: 200
      }
    ]
    expect(parsed(local)).toEqual({ value })
    const path = join(folder, "hosts.json")
    writeFileSync(path, JSON.stringify([local]))
    expect(hostsSetting(path)).toEqual({ value })
    expect(hostsSetting(join(folder, "none.json"))).toMatchObject({ problem: expect.stringContaining("none.json") })
  })

  it("are reached over TLS with a certificate on both sides, and published on an address", () => {
    const tls = {
      ca: join(folder, "ca.pem"),
      cert: join(folder, "cert.pem"),
      key: join(folder, "key.pem")
    }
    const beta = {
      name: "beta",
      endpoint: "tcp://10.0.0.5:2376",
      tls,
      reach: "published",
      address: "10.0.0.5",
      network: "mine",
      labels: { rack: "7" },
      engines: 1
    }
    expect(parsed(local, beta)).toMatchObject({
      value: [
        { name: "alpha" },
        {
          endpoint: { host: "10.0.0.5", port: 2376, tls: { ca: "the ca", cert: "the cert", key: "the key" } },
          reach: { by: "published", address: "10.0.0.5" },
          network: "mine",
          labels: { rack: "7" },
          most: 1
        }
      ]
    })
    expect(problems({ ...beta, tls: { ca: join(folder, "nothing.pem") } })).toEqual([
      expect.stringContaining("tls.ca"),
      expect.stringContaining("tls.cert must be the path of a PEM file"),
      expect.stringContaining("tls.key must be the path of a PEM file")
    ])
    expect(problems({ ...beta, tls: undefined })).toEqual([
      'host "beta": tls must be given for tcp:// (or plainText: true, where nobody else can reach the port)'
    ])
    expect(problems({ ...beta, tls: undefined, plainText: true })).toEqual([])
  })

  it("name every problem at once", () => {
    expect(
      problems(
        { name: "a b", endpoint: "ssh://host", reach: "magic", engines: 0, egnines: 3 },
        { ...local, reach: "bridge", address: "10.0.0.5", labels: { "galaxy.game": "x" } },
        7
      )
    ).toEqual([
      'host "a b": egnines is unknown',
      'host "a b": name must have 1 to 63 letters, digits, dots, hyphens or underscores',
      'host "a b": endpoint must be unix:///path/of/docker.sock or tcp://host:port',
      'host "a b": reach must be bridge, name or published',
      'host "a b": engines must be a whole number from 1 to 1000',
      'host "alpha": address goes with reach "published" alone',
      'host "alpha": labels must be texts, with names that don\'t begin with "galaxy."',
      "host 3: must be an object"
    ])
    expect(problems(local, local)).toEqual(['the name "alpha" is given twice', "two hosts have the same endpoint"])
    for (const text of ["[]", "[", "[1", "{}"]) expect(hostsSetting(text)).toHaveProperty("problem")
  })
})
