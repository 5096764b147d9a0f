/** The origin of an engine, by how its host is reached. */
import { Option } from "effect"
import { urlHostOf } from "../../http/hosts.ts"
import { enginePort, portKey } from "./containerOptions.ts"
import type { DockerHostSettings } from "./DockerSettings.ts"

type Addresses = Readonly<Record<string, { readonly IPAddress?: string }>> | null | undefined

/** Where a container is, as its daemon tells of it. */
export interface Whereabouts {
  readonly name: string
  readonly networks: Addresses
  /** The published port, if there is one. */
  readonly published: number | undefined
}

/** None for a container that can't be reached (yet): it has no address as long as it doesn't run. */
export const endpointOf = (host: DockerHostSettings, at: Whereabouts): Option.Option<URL> => {
  const { reach } = host
  if (reach.by === "name") return Option.some(new URL(`http://${at.name}:${enginePort}`))
  if (reach.by === "published") {
    return at.published === undefined
      ? Option.none()
      : Option.some(new URL(`http://${urlHostOf(reach.address)}:${at.published}`))
  }
  const address = at.networks?.[host.network]?.IPAddress ?? ""
  return address === "" ? Option.none() : Option.some(new URL(`http://${urlHostOf(address)}:${enginePort}`))
}

type Ports = Readonly<Record<string, ReadonlyArray<{ readonly HostPort: string }> | null>> | null | undefined

/** The published port among those that `inspect` tells of. */
export const publishedPort = (ports: Ports): number | undefined => {
  const port = Number(ports?.[portKey]?.[0]?.HostPort)
  return Number.isInteger(port) && port > 0 ? port : undefined
}
