/** Containers of a run: how one is started, and what a backend's container can be made to do. */
import type Dockerode from "dockerode"
import { Effect } from "effect"
import { type StartedTestContainer, Wait, type WaitStrategy } from "testcontainers"
import { HardenedContainer, type Special } from "./HardenedContainer.ts"
import { untilIt } from "./patience.ts"
import type { Run } from "./Run.ts"
import type { Backend } from "./Stack.ts"
import { failed, type StackFailed } from "./StackFailed.ts"

/** Ready to serve, by the process's own word. */
export const ready = (port: number) => Wait.forHttp("/readyz", port).forStatusCode(200)

/** What a container is made of. */
export interface Recipe extends Special {
  readonly image: string
  /** What it is in the platform, and its name there. */
  readonly role: string
  readonly environment?: Record<string, string>
  readonly command?: Array<string>
  readonly ports?: ReadonlyArray<number>
  readonly until: WaitStrategy
  /** Folders in memory that its user may write to. */
  readonly memory?: ReadonlyArray<string>
  /** Files of this machine by their path in the container. */
  readonly files?: Readonly<Record<string, string>>
}

/** Starts a container; it is gone when the run is. */
export const start = (
  of: Run,
  { command, environment = {}, files = {}, image, memory = [], ports = [], role, until, ...special }: Recipe
) =>
  Effect.tryPromise({
    try: () => {
      const container = new HardenedContainer(of, image, role, special)
        .withEnvironment(environment)
        .withExposedPorts(...ports)
        .withTmpFs(Object.fromEntries(memory.map((path) => [path, "uid=1000,gid=1000,mode=0700"])))
        .withBindMounts(Object.entries(files).map(([target, source]) => ({ source, target, mode: "ro" as const })))
        .withWaitStrategy(until)
      return (command === undefined ? container : container.withCommand(command)).startOrEnd()
    },
    catch: failed(role)
  })

/** The port on which this machine reaches a port of the container now; it changes when the container starts again. */
const publishedPort = async ({ docker }: Run, container: StartedTestContainer, port: number) => {
  const { NetworkSettings } = await docker.getContainer(container.getId()).inspect()
  return NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort ?? "0"
}

/** A backend that runs in this container. */
export const backendOf = (of: Run, container: StartedTestContainer, role: string): Backend => {
  let url = `http://127.0.0.1:${container.getMappedPort(8081)}`
  const control = of.docker.getContainer(container.getId())
  const isReady = () =>
    fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
      (answer) => answer.status === 200,
      () => false
    )
  return {
    get url() {
      return url
    },
    kill: Effect.tryPromise({
      try: async () => {
        const ended = control.wait()
        await control.kill({ signal: "SIGKILL" })
        await ended
      },
      catch: failed(`${role} can't be killed`)
    }),
    restart: Effect.gen(function* () {
      yield* Effect.tryPromise({
        try: async () => {
          await control.start()
          url = `http://127.0.0.1:${await publishedPort(of, container, 8081)}`
        },
        catch: failed(`${role} can't be started again`)
      })
      yield* untilIt(`${role} to be ready again`, Effect.promise(isReady), (it) => it)
    })
  }
}

/** Freezes a container while an effect runs: its ports take connections, and nothing answers. */
export const whilePaused = (container: Dockerode.Container, name: string) => {
  const control = (what: string, done: () => Promise<unknown>) =>
    Effect.tryPromise({ try: done, catch: failed(`${name} can't be ${what}`) })
  return <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | StackFailed, R> =>
    Effect.acquireUseRelease(
      control("paused", () => container.pause()),
      () => work,
      () => Effect.orDie(control("resumed", () => container.unpause()))
    )
}
