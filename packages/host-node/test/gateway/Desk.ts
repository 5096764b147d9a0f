/** A backend that works on the first command until a test tells it the answer. */
import { type BackendAnswer, BackendClient } from "@galaxy/edge/BackendClient"
import { Effect, Layer } from "effect"

export class Desk {
  #arrived: (() => void) | undefined
  #answer: ((answer: BackendAnswer) => void) | undefined
  readonly arrived = new Promise<void>((resolve) => {
    this.#arrived = resolve
  })
  givenUp = false

  readonly layer = Layer.effect(
    BackendClient,
    Effect.map(BackendClient, (usual) =>
      BackendClient.of({
        ...usual,
        forward: (request) => {
          // Later commands are answered as usual.
          if (this.#answer !== undefined) return usual.forward(request)
          return Effect.callback<BackendAnswer>((resume) => {
            this.#answer = (answer) => resume(Effect.succeed(answer))
            this.#arrived?.()
            return Effect.sync(() => {
              this.givenUp = true
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
