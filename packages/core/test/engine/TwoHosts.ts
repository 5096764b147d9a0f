/** Two hosts, `a` and `b`, of real engines in this process, each with folders of its own. */
import { EngineHost, type EngineInstance, EngineHostUnavailable, localHost } from "@galaxy/core/engine/EngineHost"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { Context, Effect, Layer, Option } from "effect"

/** `EngineHost` over two of them, which both take themselves for the only one. */
export const layer: Layer.Layer<EngineHost> = Layer.effect(
  EngineHost,
  Effect.gen(function* () {
    const one = Effect.map(Layer.build(Layer.fresh(InProcessEngineHost.layer())), (it) => Context.get(it, EngineHost))
    const hosts = new Map([
      ["a", yield* one],
      ["b", yield* one]
    ])
    const at = (hostId: string) => {
      const found = hosts.get(hostId)
      return found === undefined
        ? Effect.fail(new EngineHostUnavailable({ reason: "there is no such engine host" }))
        : Effect.succeed(found)
    }
    const own = <A extends { readonly hostId: string }>(it: A): A => ({ ...it, hostId: localHost })
    const named = (hostId: string) => (it: EngineInstance) => ({ ...it, hostId })
    return EngineHost.of({
      start: (spec) => Effect.flatMap(at(spec.hostId), (it) => Effect.map(it.start(own(spec)), named(spec.hostId))),
      inspect: (run) =>
        Effect.flatMap(at(run.hostId), (it) => Effect.map(it.inspect(own(run)), Option.map(named(run.hostId)))),
      ended: () => Effect.succeedNone,
      stop: (gameId, hostId, upTo) => Effect.flatMap(at(hostId), (it) => it.stop(gameId, localHost, upTo)),
      discard: (gameId, hostId, upTo) => Effect.flatMap(at(hostId), (it) => it.discard(gameId, localHost, upTo)),
      list: Effect.map(
        Effect.forEach(hosts, ([hostId, it]) => Effect.map(it.list, (all) => all.map(named(hostId)))),
        (all) => all.flat()
      ),
      hosts: Effect.succeed([...hosts.keys()].map((hostId) => ({ hostId, answers: true, most: 10 }))),
      asleep: Effect.succeed(new Set()),
      hold: () => Effect.succeed(true)
    })
  })
)
