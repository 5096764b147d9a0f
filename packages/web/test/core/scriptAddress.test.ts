import { scriptAddress } from "@galaxy/web/platform/scriptAddress"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"

const origin = "https://galaxy.example"

describe("addresses of scripts that the page starts", () => {
  const made: Array<string> = []
  beforeAll(() => {
    vi.stubGlobal("location", { origin, href: `${origin}/games/1/map` })
    vi.stubGlobal("trustedTypes", {
      createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => {
        made.push(name)
        return rules
      }
    })
  })
  afterAll(() => vi.unstubAllGlobals())

  it("are those of this build and the service worker, by the one policy that the page's rules name", () => {
    for (const address of ["/service-worker.js", "/_app/immutable/workers/chart.worker-a1.js"]) {
      expect(scriptAddress(address)).toBe(address)
    }
    expect(made).toEqual(["galaxy-worker"])
  })

  it.each([
    "https://evil.example/_app/immutable/x.js",
    "//evil.example/service-worker.js",
    "/api/x.js",
    "/_app/immutable/../../x.js",
    "data:text/javascript,alert(1)",
    "blob:https://galaxy.example/1"
  ])("%s is none", (address) => {
    expect(() => scriptAddress(address)).toThrow("is no script of this program")
  })
})
