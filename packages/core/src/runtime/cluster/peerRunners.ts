/** `Runners` over remote calls, of which each ends when its receiver is lost: the cluster then sends it to the next owner. */
import { Effect, Layer } from "effect"
import { ClusterError, type MessageStorage, Runners, type ShardingConfig, Snowflake } from "effect/cluster"
import { RunnerWatch } from "./RunnerWatch.ts"

/** See the file. A call that is given up may still be carried out by a backend that was only frozen. */
export const layer: Layer.Layer<
  Runners.Runners,
  never,
  MessageStorage.MessageStorage | Runners.RpcClientProtocol | ShardingConfig.ShardingConfig | RunnerWatch
> = Layer.effect(
  Runners.Runners,
  Effect.gen(function* () {
    const runners = yield* Runners.makeRpc
    const { lost } = yield* RunnerWatch
    const send: Runners.Runners["Service"]["send"] = (given) => {
      const unavailable = Effect.suspend(() =>
        Effect.fail(new ClusterError.RunnerUnavailable({ address: given.address }))
      )
      return Effect.raceFirst(runners.send(given), Effect.andThen(lost(given.address), unavailable))
    }
    return Runners.Runners.of({ ...runners, send })
  })
).pipe(Layer.provide(Snowflake.layerGenerator))
