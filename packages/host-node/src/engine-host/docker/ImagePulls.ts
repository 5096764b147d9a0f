/**
 * Pulls of images to one daemon. A pull takes longer than a start may: it goes on when nobody waits for it any more, once
 * for all that need the image.
 */
import { EngineStartFailed } from "@galaxy/core/engine/EngineHost"
import { Effect, Exit, Fiber, Option, type Scope } from "effect"
import type { DockerDaemon } from "./DockerDaemon.ts"
import type { DockerError } from "./DockerError.ts"

/** How long one start waits for a pull. */
const patience = "10 seconds"

/** Pulls images, or joins pulls that are under way. */
export interface ImagePulls {
  /**
   * Returns when the image is there. Fails as the pull does, or after ten seconds with a start that has found no room: the
   * pull goes on, and a later call learns its outcome.
   */
  readonly pull: (imageRef: string) => Effect.Effect<void, DockerError | EngineStartFailed>
}

/** Pulls end with the scope. */
export const make = (
  daemon: Pick<DockerDaemon, "pull">,
  hostId: string
): Effect.Effect<ImagePulls, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const pulls = new Map<string, Fiber.Fiber<void, DockerError>>()

    const begin = (imageRef: string) =>
      Effect.tap(
        Effect.forkIn(
          // An image that is there is found without its pull. How it failed is kept for the next one who asks.
          Effect.tap(daemon.pull(imageRef), () => Effect.sync(() => pulls.delete(imageRef))),
          scope
        ),
        (fiber) => Effect.sync(() => void (fiber.pollUnsafe() === undefined && pulls.set(imageRef, fiber)))
      )

    const pull = Effect.fnUntraced(function* (imageRef: string) {
      const fiber = pulls.get(imageRef) ?? (yield* begin(imageRef))
      const exit = yield* Effect.timeoutOption(Fiber.await(fiber), patience)
      if (Option.isNone(exit)) {
        return yield* new EngineStartFailed({
          reason: `the image ${imageRef} is being pulled to the host ${hostId}`,
          permanent: false,
          noRoom: true
        })
      }
      if (Exit.isFailure(exit.value) && pulls.get(imageRef) === fiber) pulls.delete(imageRef)
      return yield* exit.value
    })

    return { pull }
  })
