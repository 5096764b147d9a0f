/** The services that handlers share, over the flags of the run. */
import { Effect, Layer } from "effect"
import { Ask } from "../ask/Ask.ts"
import { Api } from "../client/Api.ts"
import { Output } from "../output/Output.ts"

const services = Api.layer.pipe(Layer.provideMerge(Layer.merge(Ask.layer, Output.layer)))

/** Gives a handler its services: `Api`, `Ask` and `Output`. */
export const withServices = <A, E, R>(handler: Effect.Effect<A, E, R>) => Effect.provide(handler, services)
