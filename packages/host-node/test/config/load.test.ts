import { helpOf } from "@galaxy/host-node/config/help"
import { ConfigurationInvalid, load } from "@galaxy/host-node/config/load"
import * as Setting from "@galaxy/host-node/config/Setting"
import * as settings from "@galaxy/host-node/config/settings"
import { assert, describe, it } from "vitest"

const problemsOf = (loaded: unknown): ReadonlyArray<string> =>
  loaded instanceof ConfigurationInvalid ? loaded.problems : []

describe("configuration", () => {
  it("has a default for everything that the one-process shape reads", () => {
    for (const group of Object.values(settings.groups["all-in-one"])) {
      assert.notInstanceOf(load(group, {}, settings.knownNames), ConfigurationInvalid)
    }
  })

  it("names every missing and every wrong variable, each once", () => {
    const loaded = load(
      settings.gatewayAlone,
      { GATEWAY_REDIS_URL: "http://127.0.0.1", GATEWAY_BACKEND_HTTP_URL: "http://127.0.0.1:1" },
      settings.knownNames
    )
    const problems = problemsOf(loaded)
    assert.deepStrictEqual(
      problems.map((it) => it.split(":")[0]),
      ["GATEWAY_BACKEND_GRPC_PUSH_URL", "GATEWAY_REDIS_URL"]
    )
  })

  it("never repeats a secret", () => {
    const loaded = load(
      settings.gatewayAlone,
      { GATEWAY_REDIS_URL: "hunter2", GATEWAY_SIGNING_KEY: "hunter2" },
      settings.knownNames
    )
    assert.isNotEmpty(problemsOf(loaded))
    assert.notInclude(problemsOf(loaded).join("\n"), "hunter2")
  })

  it("refuses a misspelt name and suggests the right one", () => {
    const problems = problemsOf(load(settings.backend, { BACKEND_HTPP_ADDR: ":1" }, settings.knownNames))
    assert.deepStrictEqual(problems, ["BACKEND_HTPP_ADDR: no such setting; did you mean BACKEND_HTTP_ADDR?"])
  })

  it("lets one environment serve all processes", () => {
    const loaded = load(settings.backend, { GATEWAY_HTTP_ADDR: ":1", BACKEND_LOG_LEVEL: "warn" }, settings.knownNames)
    assert.propertyVal(loaded, "logLevel", "warn")
  })

  it("reads the sender of mails in its normal form, and nothing else", () => {
    assert.deepStrictEqual(Setting.mailbox("galaxy@Example.org"), { value: "galaxy@example.org" })
    assert.deepStrictEqual(Setting.mailbox("Die Bücher <galaxy@bücher.example>"), {
      value: "Die Bücher <galaxy@xn--bcher-kva.example>"
    })
    assert.deepStrictEqual(Setting.mailbox("<galaxy@localhost>"), { value: "galaxy@localhost" })
    for (const text of [
      "",
      "Galaxy",
      "Galaxy <galaxy>",
      "a@b, c@d",
      "Gal\naxy <a@b>",
      "Gal\u202Eaxy <a@b>",
      "Galaxy <ü@b>"
    ]) {
      assert.property(Setting.mailbox(text), "problem", text)
    }
  })

  it("reads addresses, durations and keys exactly", () => {
    assert.deepStrictEqual(Setting.address(":80"), { value: { host: "127.0.0.1", port: 80 } })
    assert.deepStrictEqual(Setting.address("[::1]:0"), { value: { host: "::1", port: 0 } })
    assert.property(Setting.address("127.0.0.1:65536"), "problem")
    assert.property(Setting.address("127.0.0.1"), "problem")
    assert.deepStrictEqual(Setting.duration(0, 1e12)("36h"), { value: 129_600_000 })
    assert.property(Setting.duration(1_000, 2_000)("3s"), "problem")
    assert.property(Setting.base64(32)(Buffer.alloc(31).toString("base64")), "problem")
    assert.property(Setting.base64(32)(Buffer.alloc(32).toString("base64")), "value")
  })

  it("reads one or several values, and tells what is wrong with one as where there is only one", () => {
    const read = Setting.some(Setting.url("http"))
    assert.deepStrictEqual(read("http://a"), { value: ["http://a"] })
    assert.deepStrictEqual(read(" http://a , http://b,"), { value: ["http://a", "http://b"] })
    assert.deepStrictEqual(read("a"), { problem: "must be a URL that starts with http://" })
    assert.deepStrictEqual(read("http://a,b"), { problem: "each of its values must be a URL that starts with http://" })
    for (const text of [",", " ", Array(33).fill("http://a").join(",")]) assert.property(read(text), "problem", text)
  })

  it("shows each setting of a process in its help", () => {
    const help = helpOf("backend", "galaxy-backend")
    for (const it of Object.values({ ...settings.backend, ...settings.backendAlone })) assert.include(help, it.name)
  })
})
