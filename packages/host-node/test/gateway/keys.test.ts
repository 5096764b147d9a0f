/** Signing keys in every form that operators keep them in, and endorsements that hold. */
import { generateKeyPairSync, randomBytes } from "node:crypto"
import * as Endorsements from "@galaxy/host-node/gateway/keys/endorsements"
import * as SigningKey from "@galaxy/host-node/gateway/keys/signingKey"
import { assert, describe, it } from "vitest"

const seed = new Uint8Array(32).map((_, index) => index + 1)
const pem = SigningKey.privateKeyOf(seed).export({ type: "pkcs8", format: "pem" }).toString()

describe("a signing key", () => {
  it("is read from PEM, and from its seed in hex, base64 and as it is", () => {
    const hex = Buffer.from(seed).toString("hex")
    const base64 = Buffer.from(seed).toString("base64")
    const texts = [pem, `\n${pem}\n`, pem.trim().replaceAll("\n", String.raw`\n`), hex, hex.toUpperCase(), base64]
    for (const text of [...texts, `${hex}\n`, `${base64}\r\n`]) {
      assert.deepStrictEqual(SigningKey.parse(text), { value: seed }, text)
      assert.deepStrictEqual(SigningKey.parseFile(Buffer.from(text)), { value: seed }, text)
    }
    assert.deepStrictEqual(SigningKey.parseFile(Buffer.from(seed)), { value: seed })
  })

  it("of another kind or form is refused without showing any of it", () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 })
    const ed25519 = generateKeyPairSync("ed25519")
    const secret = randomBytes(33).toString("base64")
    const wrong = [
      "",
      secret,
      `${Buffer.from(seed).toString("hex")}00`,
      Buffer.from(seed).toString("base64").replace("=", ""),
      pem.replace("MC4CAQAwBQYDK2Vw", "MC4CAQAwBQYDK2Vx"),
      pem.split("\n")[0] ?? "",
      rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      generateKeyPairSync("ed448").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      ed25519.publicKey.export({ type: "spki", format: "pem" }).toString(),
      ed25519.privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString()
    ]
    for (const text of wrong) {
      const parsed = SigningKey.parse(text)
      const problem = "problem" in parsed ? parsed.problem : ""
      assert.match(problem, /must be an unencrypted Ed25519 private key in PEM \(PKCS#8\)/, text)
      for (const line of text.split("\n").filter((it) => it.length > 20)) assert.notInclude(problem, line.slice(0, 20))
    }
  })
})

const [old, next] = [seed, new Uint8Array(32).fill(7)]
const document = Endorsements.endorse(old, next, 2_000_000_000_000)

const parse = (list: unknown, own = old) => Endorsements.parse(JSON.stringify(list), SigningKey.publicKeyOf(own))

describe("a document of endorsements", () => {
  it("is the same for gateways of both keys", () => {
    assert.deepStrictEqual(parse(document, old), { value: document })
    assert.deepStrictEqual(parse(document, next), { value: document })
    assert.deepStrictEqual(
      document.map((it) => it.role),
      ["successor", "predecessor"]
    )
  })

  it("with anything changed, or of other keys, is refused", () => {
    const [first] = document
    if (first === undefined) throw new Error("no endorsement")
    const changed = [
      { expires_at_ms: first.expires_at_ms + 1 },
      { role: "predecessor" },
      { role: "cousin" },
      { public_key: first.endorsed_by },
      { endorsed_by: first.public_key },
      { endorsement: first.endorsement.replace(/^./, (it) => (it === "A" ? "B" : "A")) },
      { endorsement: "" }
    ]
    for (const change of changed) {
      const parsed = parse([{ ...first, ...change }])
      assert.match("problem" in parsed ? parsed.problem : "", /endorsement 1 doesn't verify/, JSON.stringify(change))
    }
    for (const list of [{}, null, [1], [{ ...first, expires_at_ms: "soon" }]]) {
      assert.match(JSON.stringify(parse(list)), /must be a JSON list/)
    }
    assert.match(JSON.stringify(parse(Array(9).fill(first))), /at most 8/)
    assert.match(JSON.stringify(parse(document, new Uint8Array(32).fill(3))), /must name the key that signs here/)
    assert.match(JSON.stringify(Endorsements.parse("{", SigningKey.publicKeyOf(old))), /must be a JSON list/)
  })
})
