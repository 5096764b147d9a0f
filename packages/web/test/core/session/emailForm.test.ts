import { deviceOf, digitsOf, looksLikeAddress, safeNext } from "@galaxy/web/core/session/emailForm"
import { describe, expect, it } from "vitest"

describe("what people type at the door", () => {
  it("a code is its digits, however it was pasted", () => {
    expect(digitsOf(" 4180-2265\n")).toBe("41802265")
    expect(digitsOf("Your code: 418 02 265")).toBe("41802265")
  })

  it("an address needs two sides", () => {
    expect([" ada@example.org ", "a@localhost"].map(looksLikeAddress)).toEqual([true, true])
    expect(["ada", "@example.org", "ada@", "a b@c"].map(looksLikeAddress)).toEqual([false, false, false, false])
  })

  it("the way on leads nowhere but into this client", () => {
    expect(["/games/1?turn=2", "/join/abc"].map(safeNext)).toEqual(["/games/1?turn=2", "/join/abc"])
    const foreign = [
      null,
      "",
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "javascript:alert(1)",
      "/signin?next=/"
    ]
    expect(foreign.map(safeNext)).toEqual(foreign.map(() => "/"))
  })

  it.each([
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
      "Chrome",
      "Linux"
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
      "Edge",
      "Windows"
    ],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
      "Safari",
      "macOS"
    ],
    ["Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox", "Android"],
    ["curl/8", "Browser", "?"]
  ])("knows the device of %s", (agent, browser, system) => {
    expect(deviceOf(agent)).toEqual({ browser, system })
  })
})
