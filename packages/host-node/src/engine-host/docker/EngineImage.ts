/** The image of an engine on one host: there, pulled, or missing. */
import { Effect, Option } from "effect"
import type { DockerDaemon } from "./DockerDaemon.ts"
import type { DockerError } from "./DockerError.ts"
import { EngineStartFailed } from "@galaxy/core/engine/EngineHost"
import type { ImagePulls } from "./ImagePulls.ts"

const missing = (hostId: string, imageRef: string, more: string) =>
  new EngineStartFailed({
    reason: `the host ${hostId} has no image ${imageRef}, ${more}`,
    permanent: true,
    imageMissing: true
  })

/**
 * The id of the image. `expected` is the one that the game began with: the same reference may mean another build on
 * another host, and a game isn't continued by that. Without `pulls` nothing is pulled.
 */
export const imageOf = (
  daemon: DockerDaemon,
  hostId: string,
  { expected, imageRef, pulls }: { imageRef: string; expected: string | undefined; pulls: ImagePulls | undefined }
): Effect.Effect<string, DockerError | EngineStartFailed> =>
  Effect.gen(function* () {
    let found = yield* daemon.imageId(imageRef)
    if (Option.isNone(found)) {
      if (pulls === undefined) return yield* missing(hostId, imageRef, "and images aren't pulled (BACKEND_DOCKER_PULL)")
      yield* Effect.catchTag(pulls.pull(imageRef), "DockerRefused", (error) =>
        Effect.fail(
          error.status === 404
            ? missing(hostId, imageRef, `nor has its registry: ${error.message}`)
            : new EngineStartFailed({
                reason: `the image ${imageRef} can't be pulled: ${error.message}`,
                permanent: false
              })
        )
      )
      found = yield* daemon.imageId(imageRef)
      if (Option.isNone(found)) return yield* missing(hostId, imageRef, "though it was pulled")
    }
    if (expected !== undefined && expected !== found.value) {
      return yield* new EngineStartFailed({
        reason: `on the host ${hostId} the image ${imageRef} is another build (${found.value}) than the one that the game was started with (${expected})`,
        permanent: true,
        imageMissing: true
      })
    }
    return found.value
  })
