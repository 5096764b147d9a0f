import { sentence } from "@galaxy/host-node/processes/launch"
import { Cause } from "effect"
import { assert, describe, it } from "vitest"

const of = (message: string, cause?: Error) => sentence(Cause.fail(new Error(message, { cause })))

describe("why a process has stopped", () => {
  it("is a sentence with what to do about an address", () => {
    assert.strictEqual(
      of("listen EADDRINUSE: address already in use 127.0.0.1:8080"),
      "the address 127.0.0.1:8080 is in use by another program; stop it or set another address (--help lists the settings)"
    )
    assert.include(of("it failed", new Error("listen EACCES: permission denied 127.0.0.1:80")), "a port above 1023")
    assert.include(of("getaddrinfo ENOTFOUND db.example"), "the host name db.example is unknown")
  })

  it("is one line, with what it came from once", () => {
    assert.strictEqual(
      of("no database", new Error("connect ECONNREFUSED 127.0.0.1:5432")),
      "no database: connect ECONNREFUSED 127.0.0.1:5432"
    )
    assert.strictEqual(of("no database: refused", new Error("refused")), "no database: refused")
    const long = of(`one\n  two\n${"x".repeat(10_000)}`)
    assert.match(long, /^one two x+…$/)
    assert.isBelow(long.length, 600)
  })

  it("is the whole story of a fault of our own", () => {
    assert.include(sentence(Cause.die(new TypeError("it is not a function"))), "launch.test.ts")
  })
})
