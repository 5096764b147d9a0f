/** One container of a Docker double: what it is made of, and how the API tells of it. */
import { createHash } from "node:crypto"

/** An answer of the API that is an error. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What a program sees of its container. */
export interface DockerRun {
  readonly env: Readonly<Record<string, string>>
  /** A path inside the container as the path on this machine; undefined where nothing is mounted. */
  readonly hostPath: (path: string) => string | undefined
  /** The port on loopback where a port of the container is published, such as `8080/tcp`; 0 where it isn't. */
  readonly port: (name: string) => number
  /** Writes a line to the container's log. */
  readonly log: (line: string) => void
}

/** How a program has ended by itself. */
export interface DockerExit {
  readonly code: number
  /** The system ended it for want of memory. */
  readonly oomKilled?: boolean
}

/** A program that runs, and how to end it. */
export interface DockerProgram {
  readonly end: () => Promise<void>
  /** Settles if it ends by itself. */
  readonly ended?: Promise<DockerExit>
}

/** An image: what a container of it runs. */
export interface DockerImage {
  readonly run: (container: DockerRun) => Promise<DockerProgram>
}

interface Binding {
  readonly HostIp?: string
  readonly HostPort?: string
}

interface Mount {
  readonly Type?: string
  readonly Source?: string
  readonly Target?: string
  readonly VolumeOptions?: { readonly Labels?: Readonly<Record<string, string>> }
}

/** What `create` is asked for, as far as the double understands it. */
export interface CreateBody {
  readonly Image?: string
  readonly Env?: ReadonlyArray<string>
  readonly Labels?: Readonly<Record<string, string>>
  readonly HostConfig?: {
    readonly Binds?: ReadonlyArray<string>
    readonly Mounts?: ReadonlyArray<Mount>
    readonly NetworkMode?: string
    readonly PortBindings?: Readonly<Record<string, ReadonlyArray<Binding>>>
  }
}

/** Something that is mounted into a container. */
export interface Mounted {
  readonly target: string
  /** The folder on this machine. */
  readonly path: string
  /** Absent for a folder of this machine. */
  readonly volume?: { readonly name: string; readonly isAnonymous: boolean }
}

/** A container and its state. */
export interface Container {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly body: CreateBody
  readonly mounts: ReadonlyArray<Mounted>
  readonly created: string
  readonly log: Array<string>
  status: "created" | "running" | "exited"
  exitCode: number
  oomKilled: boolean
  startedAt: string
  finishedAt: string
  ports: Readonly<Record<string, number>>
  program: DockerProgram | undefined
  readonly waiting: Array<(code: number) => void>
}

/** The id of an image, the same for the same reference. */
export const imageId = (reference: string): string => `sha256:${createHash("sha256").update(reference).digest("hex")}`

const published = (it: Container): unknown =>
  Object.fromEntries(
    Object.entries(it.ports).map(([name, port]) => [name, [{ HostIp: "127.0.0.1", HostPort: `${port}` }]])
  )

/** Programs run in this process: no network leads to them. */
const networks = (it: Container): unknown => ({ [it.body.HostConfig?.NetworkMode ?? "bridge"]: { IPAddress: "" } })

/** What `inspect` answers. */
export const inspected = (it: Container): unknown => ({
  Id: it.id,
  Name: `/${it.name}`,
  Created: it.created,
  Image: imageId(it.image),
  State: {
    Status: it.status,
    Running: it.status === "running",
    ExitCode: it.exitCode,
    OOMKilled: it.oomKilled,
    Error: "",
    StartedAt: it.startedAt,
    FinishedAt: it.finishedAt
  },
  Config: { Image: it.image, Env: it.body.Env ?? [], Labels: it.body.Labels ?? {} },
  HostConfig: it.body.HostConfig ?? {},
  NetworkSettings: { Ports: published(it), Networks: networks(it) }
})

/** The filters of a list, by name: a container has to fit each of them. */
export type Filters = Readonly<Record<string, ReadonlyArray<string>>>

/** Whether these are the labels that are asked for, each as `name=value` or as a name alone. */
export const hasLabels = (
  labels: Readonly<Record<string, string>> | undefined,
  wanted: ReadonlyArray<string> = []
): boolean =>
  wanted.every((label) => {
    const [key = "", value] = label.split(/=(.*)/s)
    return value === undefined ? labels?.[key] !== undefined : labels?.[key] === value
  })

/** Whether a list with these filters has it; without `all` only those that run. */
export const fits = (it: Container, all: boolean, filters: Filters): boolean =>
  (all || it.status === "running") &&
  hasLabels(it.body.Labels, filters["label"]) &&
  (filters["name"]?.some((name) => it.name.includes(name)) ?? true) &&
  (filters["status"]?.includes(it.status) ?? true)

/** Its line in a list. */
export const listed = (it: Container): unknown => ({
  Id: it.id,
  Names: [`/${it.name}`],
  Image: it.image,
  ImageID: imageId(it.image),
  Labels: it.body.Labels ?? {},
  State: it.status,
  Created: Math.floor(Date.parse(it.created) / 1_000),
  NetworkSettings: { Networks: networks(it) },
  Ports: Object.entries(it.ports).map(([name, PublicPort]) => ({
    IP: "127.0.0.1",
    PrivatePort: Number.parseInt(name, 10),
    PublicPort,
    Type: name.split("/")[1] ?? "tcp"
  }))
})
