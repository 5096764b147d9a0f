/**
 * Which process gets a connection.
 *
 * All connections of a network go to the same one, so that its bounds and budgets count everything that it does. A hash that
 * is seeded anew at each start chooses it: no client can choose its process. Proxies and exempt networks carry many clients,
 * and their connections take turns.
 */
import { randomBytes } from "node:crypto"

const prime = 0x01_00_01_93

/** FNV-1a over the text, begun with the seed. */
const hashOf = (seed: number, text: string): number => {
  let hash = seed
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), prime)
  // The last characters of similar addresses have reached only the low bits.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b)
  return (hash ^ (hash >>> 13)) >>> 0
}

/** Chooses among processes by their index; the same network gets the same one for as long as it serves. */
export class Assignment {
  readonly #count: number
  readonly #seed: number
  #turn = 0

  /** `seed` is random where it isn't given. */
  constructor(count: number, seed: number = randomBytes(4).readUInt32LE()) {
    this.#count = count
    this.#seed = seed
  }

  /**
   * The index of a process that serves; undefined if none does. Without a network, they take turns. The networks of a process
   * that doesn't serve go to the next one until it does again.
   */
  of(network: string | undefined, serves: (index: number) => boolean): number | undefined {
    const first = network === undefined ? this.#turn++ : hashOf(this.#seed, network)
    for (let step = 0; step < this.#count; step++) {
      const index = (first + step) % this.#count
      if (serves(index)) return index
    }
    return undefined
  }
}
