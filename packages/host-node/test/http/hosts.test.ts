import { hostsOf, isLoopback, nameIn } from "@galaxy/host-node/http/hosts"
import { describe, expect, it } from "vitest"

describe("hosts", () => {
  it("of a listener on loopback are the names of loopback, and those that it was told of", () => {
    const { takes, probesExempt } = hostsOf("127.0.0.1", ["Games.example.org.", "fd00::1"])
    expect(probesExempt).toBe(false)
    for (const name of ["localhost", "127.0.0.1", "127.9.8.7", "[::1]", "games.example.org", "[fd00::1]"]) {
      expect([name, takes(name)]).toEqual([name, true])
    }
    for (const name of [
      "",
      "example.org",
      "127.evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil",
      "10.0.0.1"
    ]) {
      expect([name, takes(name)]).toEqual([name, false])
    }
  })

  it("elsewhere are any, or those of a list alone", () => {
    expect(hostsOf("0.0.0.0").takes("whatever.example")).toBe(true)
    const { takes, probesExempt } = hostsOf("::", ["play.example.org"])
    expect([takes("play.example.org"), takes("localhost"), takes("evil.example"), probesExempt]).toEqual([
      true,
      false,
      false,
      true
    ])
  })

  it("are told apart from their ports, however they are spelled", () => {
    expect(nameIn("LOCALHOST.:8080")).toBe("localhost")
    expect(nameIn("[::1]:1")).toBe("[::1]")
    expect(nameIn("a:")).toBe("a")
    for (const wrong of ["", "a b", "[", "a:99999", "a:b", "a@b", "::1", "a,b", "a/b"]) {
      expect([wrong, nameIn(wrong)]).toEqual([wrong, undefined])
    }
  })

  it("know which addresses are of this machine alone", () => {
    for (const yes of ["localhost", "LOCALHOST", "127.0.0.53", "::1", "[::1]"])
      expect([yes, isLoopback(yes)]).toEqual([yes, true])
    for (const no of ["0.0.0.0", "::", "127.example.org", "192.168.0.1"])
      expect([no, isLoopback(no)]).toEqual([no, false])
  })
})
