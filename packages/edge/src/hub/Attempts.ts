/**
 * What streams ask for: a few at a time, in the order in which they came, and again over a short outage of the backend. After a
 * longer one their clients connect again.
 */
import { Effect, type Exit, type Fiber } from "effect"
import type { Refusal } from "../Refusal.ts"

/** How attempts are made. */
export interface AttemptsOptions {
  readonly fork: <A>(effect: Effect.Effect<A, Refusal>) => Fiber.Fiber<A, Refusal>
  /** The most that run at the same time. */
  readonly most: number
  /** Called with what a job throws when it is told how it went. Those that wait go on all the same. */
  readonly broken: (cause: unknown) => void
}

/** What is asked for. `failed` is called when it will be tried again. */
export interface Job<A> {
  readonly attempt: () => Effect.Effect<A, Refusal>
  readonly done: (exit: Exit.Exit<A, Refusal>) => void
  readonly failed?: () => void
}

/** Before each further attempt, in milliseconds. */
const waitsMs = [100, 200, 400, 800]

const isOutage = (exit: Exit.Exit<unknown, Refusal>): boolean =>
  exit._tag === "Failure" &&
  exit.cause.reasons.some((reason) => reason._tag === "Fail" && reason.error._tag === "backend_unavailable")

class Running {
  readonly job: Job<unknown>
  failures = 0
  fiber: Fiber.Fiber<unknown, Refusal> | undefined
  isCancelled = false

  constructor(job: Job<unknown>) {
    this.job = job
  }
}

/** Jobs that run or wait. None of them takes a turn while it waits to be tried again. */
export class Attempts {
  readonly #options: AttemptsOptions
  readonly #waiting = new Set<Running>()
  #running = 0
  #isBeginning = false
  #isNextLater = false

  constructor(options: AttemptsOptions) {
    this.#options = options
  }

  /** Runs it when its turn comes; `done` is called once, perhaps before this returns. Returns how to give it up. */
  run<A>(job: Job<A>): () => void {
    const running = new Running(job as Job<unknown>)
    this.#waiting.add(running)
    this.#next()
    return () => {
      running.isCancelled = true
      this.#waiting.delete(running)
      running.fiber?.interruptUnsafe()
    }
  }

  #next(): void {
    // What ends at once leaves its turn to this loop.
    if (this.#isBeginning) return
    this.#isBeginning = true
    for (const running of this.#waiting) {
      if (this.#running >= this.#options.most) break
      this.#waiting.delete(running)
      this.#running += 1
      running.fiber = this.#options.fork(Effect.suspend(running.job.attempt))
      running.fiber.addObserver((exit) => this.#ended(running, exit))
    }
    this.#isBeginning = false
  }

  #ended(running: Running, exit: Exit.Exit<unknown, Refusal>): void {
    const { job } = running
    running.fiber = undefined
    this.#running -= 1
    if (running.isCancelled) {
      this.#nextLater()
      return
    }
    const waitMs = isOutage(exit) ? waitsMs[running.failures] : undefined
    try {
      if (waitMs === undefined) job.done(exit)
      else this.#again(running, waitMs)
    } catch (cause) {
      this.#options.broken(cause)
    }
    this.#next()
  }

  /** Many are given up at once, and none of them is to begin before its own turn to be given up has come. */
  #nextLater(): void {
    if (this.#isNextLater) return
    this.#isNextLater = true
    this.#options.fork(Effect.yieldNow).addObserver(() => {
      this.#isNextLater = false
      this.#next()
    })
  }

  #again(running: Running, waitMs: number): void {
    running.failures += 1
    running.job.failed?.()
    running.fiber = this.#options.fork(Effect.sleep(waitMs))
    running.fiber.addObserver(() => {
      running.fiber = undefined
      if (running.isCancelled) return
      this.#waiting.add(running)
      this.#next()
    })
  }
}
