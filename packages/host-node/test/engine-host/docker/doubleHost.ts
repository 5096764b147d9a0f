/** A host of engines on a double of Docker, and what tests ask of it. */
import * as DockerEngineHost from "@galaxy/host-node/engine-host/DockerEngineHost"
import { connect } from "@galaxy/host-node/engine-host/docker/DockerDaemon"
import type { DockerHostSettings } from "@galaxy/host-node/engine-host/docker/DockerSettings"
import type { EngineSpec } from "@galaxy/core/engine/EngineHost"
import { GameId } from "@galaxy/contract/ids/Ids"
import * as DockerDouble from "@galaxy/testkit/docker/DockerDouble"
import { eatingImage, engineImage, failingImage, programlessImage } from "@galaxy/testkit/docker/engineImage"
import { newId } from "@galaxy/core/shared/NewId"
import { Effect, Redacted } from "effect"

export const imageRef = "galaxy/engine:1"

/** A daemon with the engine's image, and images that fail in several ways. */
export const daemon = DockerDouble.make({
  [imageRef]: engineImage,
  "galaxy/engine:2": engineImage,
  "galaxy/failing:1": failingImage,
  "galaxy/eating:1": eatingImage,
  "galaxy/programless:1": programlessImage
})

/** The settings of a host on a daemon; its engines are reached by ports of loopback. */
export const hostOn = (socketPath: string, more: Partial<DockerHostSettings> = {}): DockerHostSettings => ({
  name: "alpha",
  endpoint: { socketPath },
  reach: { by: "published", address: "127.0.0.1" },
  network: "engines",
  labels: {},
  most: 100,
  ...more
})

/** What the database of a platform says of itself. */
export const identityOf = (incarnation = "first", platform = "one") => Effect.succeed({ platform, incarnation })

/** As one backend has it; several of them may use the same daemons. */
export const backend = (
  hosts: ReadonlyArray<DockerHostSettings>,
  more: Partial<DockerEngineHost.DockerEngineHostOptions> = {}
) => DockerEngineHost.make({ installation: "tests", identity: identityOf(), hosts, ...more })

/** The daemon beneath, to look at what was made. */
export const client = (socketPath: string) => connect({ socketPath })

export const newGame = Effect.map(newId, (id) => GameId.make(id))

/** A run of a game's engine on the host of `hostOn`. */
export const specOf = (gameId: GameId, epoch: number, more: Partial<EngineSpec> = {}): EngineSpec => ({
  gameId,
  hostId: "alpha",
  epoch,
  token: Redacted.make(`token-${epoch}`),
  imageRef,
  version: "0.1.0",
  players: 2,
  fresh: true,
  ...more
})
