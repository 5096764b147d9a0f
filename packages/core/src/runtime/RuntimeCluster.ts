/**
 * Where the owners of games live: all in this process.
 *
 * Owners hold nothing that must last, so neither messages nor the assignment of games are stored. A host with several
 * backends provides another `Sharding` instead.
 */
import { Layer } from "effect"
import { MessageStorage, RunnerHealth, Runners, RunnerStorage, Sharding, ShardingConfig } from "effect/cluster"

/** `Sharding` for a single process, all in memory. At shutdown owners get 100 ms to end. */
export const layerSingle: Layer.Layer<Sharding.Sharding> = Sharding.layer.pipe(
  Layer.provide(Runners.layerNoop),
  Layer.provide(MessageStorage.layerNoop),
  Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
  Layer.provide(
    ShardingConfig.layer({
      shardsPerGroup: 16,
      // Work that is cut off is taken up again from its row, so a shutdown doesn't wait for it.
      entityTerminationTimeout: "100 millis",
      simulateRemoteSerialization: false
    })
  )
)
