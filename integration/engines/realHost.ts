/** A host of engines on the daemon that tests may use: names of its own, and nothing left behind. */
import { randomBytes } from "node:crypto"
import { GameId } from "@galaxy/contract/ids/Ids"
import type { EngineSpec } from "@galaxy/core/engine/EngineHost"
import { newId } from "@galaxy/core/shared/NewId"
import * as DockerEngineHost from "@galaxy/host-node/engine-host/DockerEngineHost"
import { connect, type DockerDaemon } from "@galaxy/host-node/engine-host/docker/DockerDaemon"
import type { DockerEndpoint } from "@galaxy/host-node/engine-host/docker/DockerEndpoint"
import type { DockerHostSettings } from "@galaxy/host-node/engine-host/docker/DockerSettings"
import { Effect, Redacted } from "effect"

/** Machines that run tests are slow at times. Milliseconds. */
export const patient = { silence: 30_000 }

/** The daemon of `GALAXY_TEST_DOCKER_HOST`. */
export const endpoint: DockerEndpoint = {
  socketPath: (process.env["GALAXY_TEST_DOCKER_HOST"] ?? "").replace(/^unix:\/\//, "")
}

/** What a test makes on a daemon, by names that nobody else has. Removed with the scope. */
export interface Place {
  readonly installation: string
  readonly daemon: DockerDaemon
  readonly host: DockerHostSettings
}

const removeAll = (daemon: DockerDaemon, installation: string, network: string) =>
  Effect.gen(function* () {
    const label = [`galaxy.installation=${installation}`]
    for (const { Id } of yield* daemon.list(label)) yield* daemon.remove(Id)
    for (const name of yield* daemon.volumes(label)) yield* daemon.removeVolume(name)
    for (const { Id } of yield* daemon.networks(network)) yield* daemon.removeNetwork(Id)
  }).pipe(Effect.ignore)

/** A place on a daemon, reached by addresses of an internal network unless said otherwise. */
export const place = (more: Partial<DockerHostSettings> = {}) =>
  Effect.gen(function* () {
    const installation = `t${randomBytes(5).toString("hex")}`
    const host: DockerHostSettings = {
      name: "alpha",
      endpoint,
      reach: { by: "bridge" },
      network: `galaxy-${installation}`,
      labels: {},
      most: 50,
      ...more
    }
    const daemon = yield* connect(host.endpoint, patient)
    yield* Effect.addFinalizer(() => removeAll(daemon, installation, host.network))
    return { installation, daemon, host } satisfies Place
  })

/** The hosts as one backend has them. */
export const backendOn = (
  { host, installation }: Place,
  more: Partial<DockerEngineHost.DockerEngineHostOptions> = {}
) =>
  DockerEngineHost.make({
    installation,
    identity: Effect.succeed({ platform: installation, incarnation: "first" }),
    hosts: [host],
    times: patient,
    startTimeout: "2 minutes",
    ...more
  })

export const newGame = Effect.map(newId, (id) => GameId.make(id))

/** A run of a game's engine. */
export const specOf = (
  gameId: GameId,
  epoch: number,
  imageRef: string,
  more: Partial<EngineSpec> = {}
): EngineSpec => ({
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
