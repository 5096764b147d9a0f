/** Objects for the option `engines` that stand for a host of this package's own. Users see only their versions. */
import type { EngineHost } from "@galaxy/core/engine/EngineHost"
import type { Layer } from "effect"

/** Builds the host of an embedded Galaxy; its engines end with it. */
export type EngineHostLayer = Layer.Layer<EngineHost>

const known = new WeakMap<object, EngineHostLayer>()

/** Keeps the host for as long as the object is there, and returns the object. */
export const standFor = <A extends object>(it: A, host: EngineHostLayer): A => {
  known.set(it, host)
  return it
}

/** The host that the object stands for; undefined for any other object. */
export const hostOf = (it: object): EngineHostLayer | undefined => known.get(it)
