/** Things that arrive and are waited for: each is taken once, and those that nobody has asked for yet stay. */
import { NotInTime } from "../TestkitError.ts"

interface Waiter<A> {
  readonly fits: (item: A) => boolean
  readonly take: (item: A) => void
  readonly fail: (error: Error) => void
}

/** The newest so many are kept. */
const kept = 10_000

/** Arrivals in order. Waits are in real time. */
export class Inbox<A> {
  /** Everything that came, taken or not, oldest first. */
  readonly all: Array<A> = []
  #fresh: Array<A> = []
  readonly #waiters = new Set<Waiter<A>>()
  #end: Error | undefined

  /** Gives the item to the first who waits for such a one, or keeps it. */
  put(item: A): void {
    this.all.push(item)
    if (this.all.length > kept) this.all.shift()
    for (const waiter of this.#waiters) {
      if (!waiter.fits(item)) continue
      waiter.take(item)
      return
    }
    this.#fresh.push(item)
    if (this.#fresh.length > kept) this.#fresh.shift()
  }

  /** Nothing will come any more: everybody who waits, or will, gets this error. */
  end(error: Error): void {
    this.#end ??= error
    for (const waiter of this.#waiters) waiter.fail(this.#end)
  }

  /** Takes the oldest one that fits, or waits for it. Rejects with `NotInTime` and the sentence of `late`. */
  async take(fits: (item: A) => boolean, withinMs: number, late: () => string): Promise<A> {
    const at = this.#fresh.findIndex(fits)
    const [found] = at < 0 ? [] : this.#fresh.splice(at, 1)
    if (found !== undefined) return found
    if (this.#end !== undefined) throw this.#end
    return new Promise<A>((resolve, reject) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      const fail = (error: Error) => {
        done()
        reject(error)
      }
      const waiter: Waiter<A> = {
        fits,
        take: (item) => {
          done()
          resolve(item)
        },
        fail
      }
      const timer = setTimeout(() => fail(new NotInTime({ message: late() })), withinMs)
      this.#waiters.add(waiter)
    })
  }
}
