/** The thread of `ThreadCrypto`. */
import { workerData } from "node:worker_threads"
import { atPublicKey, atSignature, control, fieldsOf, type Memory, slotBytes, slots, textAt } from "./slots.ts"
import { secretKeyOf, sodium } from "../sodium.ts"

const { memory, seed } = workerData as { readonly memory: Memory; readonly seed: Uint8Array }
const secretKey = secretKeyOf(seed)
const counts = new Int32Array(memory.counts)

for (let done = 0; ; ) {
  Atomics.wait(counts, control.asked, done)
  const asked = Atomics.load(counts, control.asked)
  for (; done < asked; done++) {
    const slot = new Uint8Array(memory.slots, (done % slots) * slotBytes, slotBytes)
    const message = slot.slice(textAt, textAt + fieldsOf(slot).getUint16(1))
    if (slot[0] === 1) {
      const signature = slot.slice(atSignature, atSignature + 64)
      const isRight = sodium.crypto_sign_verify_detached(signature, message, slot.slice(atPublicKey, atPublicKey + 32))
      slot[0] = isRight ? 3 : 2
    } else {
      const signature = Buffer.alloc(64)
      sodium.crypto_sign_detached(signature, message, secretKey)
      slot.set(signature, atSignature)
    }
    // Each by itself: the event loop goes on with the first while the next is worked on.
    Atomics.store(counts, control.done, done + 1)
    Atomics.notify(counts, control.done)
  }
}
