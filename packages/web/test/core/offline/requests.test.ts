import { isNeededEverywhere, kindOf } from "@galaxy/web/core/offline/requests"
import { expect, it } from "vitest"

const origin = "https://galaxy.example.org"

it.each([
  ["/", "navigate", "screen"],
  ["/games/x/map?turn=25&at=54,118.5", "navigate", "screen"],
  ["/_app/immutable/chunks/a.js", "cors", "part"],
  ["/_app/immutable/assets/a.woff2", "cors", "part"],
  ["/_app/version.json", "cors", "other"],
  ["/icon.svg", "navigate", "other"],
  ["/games", "cors", "other"],
  ["/api/v1/public/gateway-info", "navigate", "other"],
  ["/healthz", "navigate", "other"],
  ["/galaxy.gateway.v1.EdgeGateway/ExecuteCommand", "cors", "other"]
])("%s asked for by %s is of the kind %s", (path, mode, kind) => {
  expect(kindOf({ method: "GET", mode, url: origin + path }, origin)).toBe(kind)
  expect(kindOf({ method: "POST", mode, url: origin + path }, origin)).toBe("other")
  expect(kindOf({ method: "GET", mode, url: `https://example.org${path}` }, origin)).toBe("other")
})

it("keeps scripts and styles of all screens at hand", () => {
  expect(["/a.js", "/a.css", "/a.woff2", "/a.svg"].map(isNeededEverywhere)).toEqual([true, true, false, false])
})
