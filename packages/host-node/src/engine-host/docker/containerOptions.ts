/**
 * How an engine's container is made: it may write to its state alone, reach nobody, gain no rights, and use no more than
 * it is given. Docker never starts one again by itself: a run that has ended is over.
 */
import type { EngineSpec } from "@galaxy/core/engine/EngineHost"
import { Redacted } from "effect"
import { type DockerHostSettings, type EngineLimits, memoryFor } from "./DockerSettings.ts"
import { labelsOf, memorialLabel, nameOf, type Owner, type Run } from "./labels.ts"

/** Where engines listen inside of their containers. */
export const enginePort = 8080
/** The same as Docker names it. */
export const portKey = `${enginePort}/tcp`

const stateDir = "/state"
const mib = 1_048_576

/** The heap's part of the memory, so that an engine hears of its limit before the system ends it. */
const heapPart = 0.75

/**
 * With an empty state: a volume without a name, which goes with the container. Not a file system in memory, since the
 * state of a long game is larger than the memory that its engine may use. Otherwise the game's own volume.
 */
const stateMount = (owner: Owner, spec: EngineSpec) => ({
  Type: "volume",
  Target: stateDir,
  ...(spec.fresh ? {} : { Source: nameOf(owner.installation, spec.gameId) }),
  VolumeOptions: { Labels: labelsOf(owner, spec, spec.version) }
})

/**
 * The body of `POST /containers/create`. It holds the engine's token. The image is given by its id: a name may mean
 * another build by now than the one that was looked at.
 */
export const containerOptions = (
  owner: Owner,
  host: DockerHostSettings,
  limits: EngineLimits,
  spec: EngineSpec,
  imageId: string
): object => {
  const memoryMb = memoryFor(limits, spec.players)
  const { reach } = host
  return {
    Image: imageId,
    User: "1000:1000",
    Env: [
      `GALAXY_ENGINE_TOKEN=${Redacted.value(spec.token)}`,
      `GALAXY_ENGINE_VERSION=${spec.version}`,
      `GALAXY_ENGINE_ADDR=0.0.0.0:${enginePort}`,
      `GALAXY_STATE_DIR=${stateDir}`,
      `NODE_OPTIONS=--max-old-space-size=${Math.floor(memoryMb * heapPart)}`
    ],
    Labels: { ...host.labels, ...labelsOf(owner, spec, spec.version) },
    ExposedPorts: { [portKey]: {} },
    // Each of the image's own would start another Node; the backend asks the engine itself.
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Init: true,
      PidsLimit: limits.pids,
      Memory: memoryMb * mib,
      MemorySwap: memoryMb * mib,
      NanoCpus: Math.round(limits.cpus * 1e9),
      LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "2" } },
      RestartPolicy: { Name: "no" },
      NetworkMode: host.network,
      Mounts: [stateMount(owner, spec)],
      ...(reach.by === "published" ? { PortBindings: { [portKey]: [{ HostIp: reach.address, HostPort: "" }] } } : {})
    }
  }
}

/** A container that is never started and has no use for anything: it keeps the name for a run that is over. */
export const memorialOptions = (owner: Owner, run: Run, image: string): object => ({
  Image: image,
  Entrypoint: ["/over"],
  Labels: { ...labelsOf(owner, run), ...memorialLabel },
  Healthcheck: { Test: ["NONE"] },
  // Without one of its own, Docker would make a volume for what the image declares.
  HostConfig: { NetworkMode: "none", RestartPolicy: { Name: "no" }, Tmpfs: { [stateDir]: "size=4k" } }
})
