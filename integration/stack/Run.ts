/**
 * One run of the suite on a Docker daemon: its networks, and labels by which everything that is made for it is found and
 * removed, also what a run left behind that was cut off. Two runs at once don't touch each other.
 */
import { randomBytes } from "node:crypto"
import type Dockerode from "dockerode"
import { Effect } from "effect"
import { getContainerRuntimeClient, getReaper } from "testcontainers"
import { failed } from "./StackFailed.ts"

/** Label of everything that a run has made; its value is the run's id. */
const runLabel = "galaxy.integration"
/** Label with the time at which a run is over, whatever became of it: Unix milliseconds. */
const endLabel = "galaxy.integration.end"

/** No run takes so long. */
const longestMs = 30 * 60_000

/** A run, its daemon and its networks. */
export interface Run {
  readonly id: string
  readonly docker: Dockerode
  readonly labels: Readonly<Record<string, string>>
  /** Name of the network of the platform's processes. */
  readonly platform: string
  /** The network in which engines run, without a way out of it. */
  readonly engines: string
  /** By which its backends know their containers of engines. */
  readonly installation: string
  /** The daemon's socket on this machine. */
  readonly socket: string
  /** Networks of the platform's processes, such as `172.18.0.0/16`. */
  readonly subnets: ReadonlyArray<string>
}

const ofRun = (id: string) => ({ label: [`${runLabel}=${id}`] })
const installationOf = (id: string) => `it-${id}`
/** What backends of a run make: containers of engines, and volumes where an engine keeps its state. */
const ofInstallation = (id: string) => ({ label: [`galaxy.installation=${installationOf(id)}`] })

/** The containers of a run, those of its engines too, running or not. */
export const containersOf = async (docker: Dockerode, id: string): Promise<ReadonlyArray<Dockerode.ContainerInfo>> => {
  const lists = await Promise.all(
    [ofRun(id), ofInstallation(id)].map((filters) =>
      docker.listContainers({ all: true, filters: JSON.stringify(filters) })
    )
  )
  return lists.flat()
}

const quietly = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    () => undefined
  )

const remove = (docker: Dockerode, containers: ReadonlyArray<Dockerode.ContainerInfo>) =>
  Promise.all(containers.map(({ Id }) => quietly(docker.getContainer(Id).remove({ force: true, v: true }))))

const removeAll = async (docker: Dockerode, id: string) => {
  // Backends first: they would start engines that are missing.
  await remove(docker, await docker.listContainers({ all: true, filters: JSON.stringify(ofRun(id)) }))
  await remove(docker, await containersOf(docker, id))
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(ofInstallation(id)) })
  await Promise.all(Volumes.map(({ Name }) => quietly(docker.getVolume(Name).remove())))
  const networks = await docker.listNetworks({ filters: JSON.stringify(ofRun(id)) })
  await Promise.all(networks.map((it) => quietly(docker.getNetwork(it.Id).remove())))
}

/** Removes what runs have left behind that didn't get to it. */
const removeLeftovers = async (docker: Dockerode) => {
  const labelled = [
    ...(await docker.listContainers({ all: true, filters: JSON.stringify({ label: [runLabel] }) })),
    ...(await docker.listNetworks({ filters: JSON.stringify({ label: [runLabel] }) }))
  ]
  const over = labelled.filter(({ Labels }) => Number(Labels?.[endLabel] ?? 0) < Date.now())
  for (const id of new Set(over.map(({ Labels }) => Labels?.[runLabel] ?? ""))) await removeAll(docker, id)
}

/** Testcontainers reads this once, with the first container. No image of its own is to be had where there is no registry. */
const withDaemon = async <A>(env: NodeJS.ProcessEnv, work: () => Promise<A>): Promise<A> => {
  const variables = { DOCKER_HOST: env["DOCKER_HOST"], TESTCONTAINERS_RYUK_DISABLED: "true" }
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]))
  const put = (values: NodeJS.ProcessEnv) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
  put(variables)
  return work().finally(() => put(before))
}

/** Backends in containers start engines, so their daemon must be on this machine. */
const socketOf = (host: string | undefined): string => {
  if (host?.startsWith("unix://")) return host.slice("unix://".length)
  throw new Error(`the suite needs a daemon at unix://…, not at ${host}`)
}

const make = async (socket: string): Promise<Run> => {
  const client = await getContainerRuntimeClient()
  await getReaper(client)
  const docker = client.container.dockerode
  await removeLeftovers(docker)
  const id = randomBytes(4).toString("hex")
  const labels = { [runLabel]: id, [endLabel]: `${Date.now() + longestMs}` }
  const network = async (name: string, Internal: boolean) => {
    const Name = `galaxy-integration-${id}-${name}`
    const made = await docker.createNetwork({ Name, Internal, CheckDuplicate: true, Labels: labels })
    const { IPAM } = await made.inspect()
    return { name: Name, subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []) }
  }
  const platform = await network("platform", false)
  const engines = await network("engines", true)
  return {
    id,
    docker,
    labels,
    platform: platform.name,
    engines: engines.name,
    installation: installationOf(id),
    socket,
    subnets: platform.subnets
  }
}

/** A new run on the daemon of this environment; all that belongs to it goes with the scope. */
export const begin = (env: NodeJS.ProcessEnv) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => withDaemon(env, () => make(socketOf(env["DOCKER_HOST"]))),
      catch: failed("Docker")
    }),
    ({ docker, id }) => Effect.promise(() => quietly(removeAll(docker, id)))
  )
