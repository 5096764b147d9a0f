/** Containers of a run: how one is started, and what a backend's container can be made to do. */
import type Dockerode from "dockerode"
import { Effect } from "effect"
import { Wait, type WaitStrategy } from "testcontainers"
import { HardenedContainer, type Special } from "./HardenedContainer.ts"
import type { Run } from "./Run.ts"
import { untilServing } from "./serving.ts"
import type { Backend } from "./Stack.ts"
import { failed, type StackFailed } from "./StackFailed.ts"

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

/**
 * Starts a process of the platform and waits until it serves on this port; its address on this machine. As an operator's
 * Docker would, this one starts it again when it gives up, a few times.
 */
export const startServing = (of: Run, recipe: Omit<Recipe, "until" | "ports">, port: number) =>
  Effect.gen(function* () {
    const container = yield* start(of, { ...recipe, ports: [port], restarts: 5, until: Wait.forAll([]) })
    const control = of.docker.getContainer(container.getId())
    return { control, url: yield* untilServing(control, recipe.role, port) }
  })

/** A backend that runs in this container. */
export const backendOf = (control: Dockerode.Container, firstUrl: string, role: string): Backend => {
  let url = firstUrl
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
      yield* Effect.tryPromise({ try: () => control.start(), catch: failed(`${role} can't be started again`) })
      url = yield* untilServing(control, role, 8081)
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
