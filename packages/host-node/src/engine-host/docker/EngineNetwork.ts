/**
 * The network that the engines of a host are on. Engines have no business with anybody but the backend: not with the
 * world, nor with each other.
 */
import { Effect } from "effect"
import type { Network } from "./answers.ts"
import type { DockerDaemon } from "./DockerDaemon.ts"
import type { DockerError } from "./DockerError.ts"
import type { DockerHostSettings } from "./DockerSettings.ts"

/**
 * An internal network has no way out and publishes no ports. Where ports have to be published, packets that leave keep
 * an address that nobody answers to.
 */
const optionsOf = ({ network, reach }: DockerHostSettings, installation: string): object => ({
  Name: network,
  Driver: "bridge",
  CheckDuplicate: true,
  Internal: reach.by === "bridge",
  Labels: { "galaxy.backend": "1", "galaxy.installation": installation },
  Options: {
    "com.docker.network.bridge.enable_icc": "false",
    ...(reach.by === "published" ? { "com.docker.network.bridge.enable_ip_masquerade": "false" } : {})
  }
})

/** What is wrong with a network that is there. */
const problemOf = ({ network, reach }: DockerHostSettings, isInternal: boolean): string | undefined => {
  if (reach.by === "published") {
    return isInternal ? `the network ${network} is internal, and publishes no ports of engines` : undefined
  }
  return isInternal ? undefined : `the network ${network} isn't internal: engines on it would reach the outside`
}

/** Looks at the networks of the name until there is one. */
const mostRounds = 20

const pause = "100 millis"

/** The first one is on the left. It may be in use already; later ones were made by whoever didn't see it in time. */
const byAge = (left: Network, right: Network): number =>
  Date.parse(left.Created) - Date.parse(right.Created) || (left.Id < right.Id ? -1 : 1)

/**
 * Makes the network if it isn't there. Returns why engines can't be put on it; undefined if they can.
 *
 * A daemon makes a second network of the same name where two ask at once, and then takes the name for neither: all but the
 * first are removed again, by whoever sees them.
 */
export const ensureNetwork = (
  daemon: DockerDaemon,
  host: DockerHostSettings,
  installation: string
): Effect.Effect<string | undefined, DockerError> =>
  Effect.gen(function* () {
    for (let round = 0; round < mostRounds; round++) {
      const [first, ...later] = (yield* daemon.networks(host.network)).toSorted(byAge)
      if (first !== undefined && later.length === 0) return problemOf(host, first.Internal)
      // The backend's container is to be on it already, so a new one would help nobody.
      if (host.reach.by === "name") {
        return first === undefined
          ? `there is no network ${host.network}, which the backend has to be on, too`
          : `there are several networks ${host.network}`
      }
      if (first === undefined) {
        yield* Effect.catchTag(daemon.createNetwork(optionsOf(host, installation)), "DockerRefused", (error) =>
          // Somebody else was faster.
          error.status === 409 ? Effect.void : Effect.fail(error)
        )
      } else {
        if (round > 0) yield* Effect.sleep(pause)
        yield* Effect.forEach(later, ({ Id }) => Effect.ignore(daemon.removeNetwork(Id)), { discard: true })
      }
    }
    return `there are several networks ${host.network}`
  })
