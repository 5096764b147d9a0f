/** Engines on a disk in memory, each a process of its own, with a clock on which nobody waits. */
import { Engine } from "@galaxy/engine/host/Engine"
import { FolderLocks, FolderTaken } from "@galaxy/engine/host/FolderLocks"
import * as StateStore from "@galaxy/engine/host/StateStore"
import { Clock, Duration, Effect, FileSystem, Layer, Path } from "effect"
import type { Disk } from "./Disk.ts"

/** Sleeping moves this clock on instead of taking time. */
const skippingClock = (): Clock.Clock => {
  let nanos = 0n
  const now = () => Number(nanos / 1_000_000n)
  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: () => nanos,
    currentTimeNanos: Effect.sync(() => nanos),
    monotonicTimeNanosUnsafe: () => nanos,
    monotonicTimeNanos: Effect.sync(() => nanos),
    sleep: (duration) =>
      Effect.andThen(
        Effect.sync(() => {
          nanos += Duration.toNanosUnsafe(duration)
        }),
        Effect.yieldNow
      )
  }
}

export const root = "/games/one"

/** Which processes are alive, and which folders they own. */
export class Machine {
  readonly alive = new Set<string>()
  readonly owners = new Map<string, { readonly owner: string }>()
  #started = 0

  /** A new process. */
  start(): string {
    const identity = `process ${++this.#started}`
    this.alive.add(identity)
    return identity
  }

  layer(self: string): Layer.Layer<FolderLocks> {
    return Layer.succeed(FolderLocks, {
      take: (folder) =>
        Effect.acquireRelease(
          Effect.suspend(() => {
            const before = this.owners.get(folder)
            if (before !== undefined && this.alive.has(before.owner)) {
              return Effect.fail(new FolderTaken({ holder: before.owner }))
            }
            const mine = { owner: self }
            this.owners.set(folder, mine)
            return Effect.succeed(mine)
          }),
          (mine) =>
            Effect.sync(() => {
              if (this.owners.get(folder) === mine) this.owners.delete(folder)
            })
        ).pipe(Effect.map((mine) => ({ isHeld: Effect.sync(() => this.owners.get(folder) === mine) })))
    })
  }
}

/** An engine on the folder, held until the scope closes. */
export const openEngine = (disk: Disk, machine: Machine, self = machine.start()) =>
  Effect.map(
    Layer.build(
      Engine.layer.pipe(
        Layer.provideMerge(StateStore.layer(root)),
        Layer.provide([Layer.succeed(FileSystem.FileSystem, disk.fileSystem), Path.layer, machine.layer(self)])
      )
    ),
    (context) => ({ context, self })
  ).pipe(Effect.provideService(Clock.Clock, skippingClock()))

/** Runs with an engine of its own, which then ends as a process does that is told to. */
export const withEngine = <A, E>(
  disk: Disk,
  machine: Machine,
  use: Effect.Effect<A, E, Engine | StateStore.StateStore>
) => {
  const self = machine.start()
  return Effect.scoped(
    Effect.flatMap(openEngine(disk, machine, self), ({ context }) => Effect.provideContext(use, context))
  ).pipe(Effect.ensuring(Effect.sync(() => machine.alive.delete(self))))
}
