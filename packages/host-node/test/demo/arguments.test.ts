import { asked } from "@galaxy/host-node/demo/arguments"
import { assert, describe, it } from "vitest"

const secrets = { DEMO_MAIL_KEY: "a key", DEMO_ADMIN_PASSWORD: "a password" }
const places = [
  "--gateway",
  "http://127.0.0.1:8080/",
  "--backend",
  "http://127.0.0.1:8081",
  "--mails",
  "http://mail:8025"
]

describe("the demo's arguments", () => {
  it("are none for a platform of its own", () => {
    assert.deepStrictEqual(asked([], {}), { kind: "play", target: undefined })
    assert.deepStrictEqual(asked(["--help"], {}), { kind: "help" })
  })

  it("name a running platform, with its secrets from the environment", () => {
    const target = {
      gatewayUrl: "http://127.0.0.1:8080",
      secondGatewayUrl: undefined,
      backendUrl: "http://127.0.0.1:8081",
      mailPageUrl: "http://mail:8025",
      mailPageKey: "a key",
      adminUser: "root",
      adminPassword: "a password"
    }
    assert.deepStrictEqual(asked(places, secrets), { kind: "play", target })
    const second = asked([...places, "--gateway", "https://two.example.org"], { ...secrets, DEMO_ADMIN_USER: "ada" })
    assert.deepStrictEqual(second, {
      kind: "play",
      target: { ...target, secondGatewayUrl: "https://two.example.org", adminUser: "ada" }
    })
  })

  it("are refused where something is missing or isn't understood", () => {
    const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, Record<string, string>]> = [
      [["now"], {}],
      [["--port", "1"], {}],
      [places.slice(0, 2), secrets],
      [["--gateway", "ftp://x", ...places.slice(2)], secrets],
      [[...places, "--gateway", "b"], secrets],
      [[...places, ...places.slice(0, 2), ...places.slice(0, 2)], secrets],
      [places, { DEMO_MAIL_KEY: "a key" }],
      [places, { DEMO_ADMIN_PASSWORD: "a password" }]
    ]
    for (const [args, env] of wrong) assert.strictEqual(asked(args, env).kind, "wrong", args.join(" "))
  })
})
