/** What a call costs at least: one signature checked, one made and two hashes, with nothing around them. */
import { hash } from "node:crypto"
import { devicePublicKey, serverSeed, signAsDevice } from "./account.ts"
import { median } from "../measure.ts"
import { secretKeyOf, sodium } from "./sodium.ts"

const rounds = 9
const times = 500

/** CPU microseconds of the signatures and hashes of one call. */
export const signaturesMicros = (): number => {
  const secretKey = secretKeyOf(serverSeed)
  const message = Buffer.alloc(200, 1)
  const signature = Buffer.from(signAsDevice(message))
  const own = Buffer.alloc(64)
  const values = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage()
    for (let time = 0; time < times; time++) {
      sodium.crypto_sign_verify_detached(signature, message, devicePublicKey)
      sodium.crypto_sign_detached(own, message, secretKey)
      hash("sha256", message, "buffer")
      hash("sha256", message, "buffer")
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / times
  })
  return median(values)
}
