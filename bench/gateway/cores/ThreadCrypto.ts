/**
 * Signatures off the event loop: a thread checks and makes them, over memory that both share.
 *
 * Slots are taken in turn. The thread sleeps on the count of what was asked, the event loop on the count of what is done, so
 * that under load neither is woken for each signature.
 */
import { Worker } from "node:worker_threads"
import { atPublicKey, atSignature, control, fieldsOf, type Memory, slotBytes, slots, textAt } from "./slots.ts"

const sharedMemory = (): Memory => ({
  counts: new SharedArrayBuffer(8),
  slots: new SharedArrayBuffer(slots * slotBytes)
})

export class ThreadCrypto {
  readonly #memory = sharedMemory()
  readonly #counts = new Int32Array(this.#memory.counts)
  readonly #waiting: Array<(slot: Uint8Array) => void> = []
  #asked = 0
  #done = 0

  constructor(seed: Uint8Array) {
    const thread = new Worker(new URL("./thread.ts", import.meta.url), { workerData: { seed, memory: this.#memory } })
    thread.unref()
    this.#follow()
  }

  #follow(): void {
    // Lib of TypeScript knows the answer only as a union that always has `async` here or not.
    const it = Atomics.waitAsync(this.#counts, control.done, this.#done)
    const look = () => {
      const done = Atomics.load(this.#counts, control.done)
      while (this.#done < done) {
        const slot = new Uint8Array(this.#memory.slots, (this.#done % slots) * slotBytes, slotBytes)
        this.#done += 1
        this.#waiting.shift()?.(slot)
      }
      this.#follow()
    }
    if (it.async) void it.value.then(look)
    else queueMicrotask(look)
  }

  #ask(isVerify: boolean, message: Uint8Array, publicKey?: Uint8Array, signature?: Uint8Array): Promise<Uint8Array> {
    if (this.#waiting.length >= slots) throw new Error("more signatures at once than slots")
    const slot = new Uint8Array(this.#memory.slots, (this.#asked % slots) * slotBytes, slotBytes)
    fieldsOf(slot).setUint16(1, message.length)
    slot[0] = isVerify ? 1 : 0
    if (publicKey !== undefined) slot.set(publicKey, atPublicKey)
    if (signature !== undefined) slot.set(signature, atSignature)
    slot.set(message, textAt)
    this.#asked += 1
    Atomics.store(this.#counts, control.asked, this.#asked)
    Atomics.notify(this.#counts, control.asked)
    return new Promise((answered) => this.#waiting.push(answered))
  }

  async verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return (await this.#ask(true, message, publicKey, signature))[0] === 3
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    return (await this.#ask(false, message)).slice(atSignature, atSignature + 64)
  }
}
