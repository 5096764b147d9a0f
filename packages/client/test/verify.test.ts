/** The client takes the signatures that every side takes, with the platform's library and without one. */
import { gatewayKey, keyInJavaScript } from "@galaxy/client/verify"
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import { edgeCryptoVectors } from "@galaxy/testkit/contract/edgeCryptoVectors"
import { assert, describe, it } from "@effect/vitest"

const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"))

const keys = { "the platform's library": gatewayKey, JavaScript: keyInJavaScript }

describe("signatures that libraries disagree on", () => {
  for (const [name, make] of Object.entries(keys)) {
    it(`are judged alike by ${name}`, async () => {
      for (const { note, accepted, publicKey, message, signature } of edgeCryptoVectors) {
        const key = hex(publicKey)
        const taken = PublicKey.isHonest(key) && (await (await make(key)).verifies(hex(message), hex(signature)))
        assert.strictEqual(taken, accepted, note)
      }
    })
  }

  it("of other lengths are none", async () => {
    const key = keyInJavaScript(hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
    for (const length of [0, 32, 63, 65, 128]) {
      assert.isFalse(await key.verifies(new Uint8Array(), new Uint8Array(length)))
    }
  })
})
