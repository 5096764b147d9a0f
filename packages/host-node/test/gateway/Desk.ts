/** A backend that works on the first command until a test tells it the answer. */
import { type BackendAnswer, BackendClient } from "@galaxy/edge/BackendClient"
import { Effect, Layer } from "effect"

export class Desk {
  #arrived: (() => void) | undefined
  #answer: ((answer: BackendAnswer) => void) | undefined
  readonly arrived = new Promise<void>((resolve) => {
    this.#arrived = resolve
  })
  #gaveUp: (() => void) | undefined
  /** Resolves when the first command is given up. */
  readonly givenUp = new Promise<void>((resolve) => {
    this.#gaveUp = resolve
  })

  readonly layer = Layer.effect(
    BackendClient,
    Effect.map(BackendClient, (usual) =>
      BackendClient.of({
        ...usual,
        forward: (request, signal) => {
          // Later commands are answered as usual.
          if (this.#answer !== undefined) return usual.forward(request, signal)
          return new Promise<BackendAnswer>((resolve, reject) => {
            this.#answer = resolve
            this.#arrived?.()
            signal?.addEventListener("abort", () => {
              this.#gaveUp?.()
              reject(signal.reason as Error)
            })
          })
        }
      })
    )
  )

  answers(json: unknown, status = 200): Effect.Effect<void> {
    return Effect.sync(() => this.#answer?.({ status, json }))
  }
}
