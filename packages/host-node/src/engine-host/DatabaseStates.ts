/** Games' states in PostgreSQL, compressed. */
import * as SqlStateVault from "@galaxy/core/runtime/vault/SqlStateVault"
import { Layer } from "effect"
import * as ZstdStateCoding from "./ZstdStateCoding.ts"

/** `StateVault` over the backend's database, with zstd. */
export const layer = SqlStateVault.layer.pipe(Layer.provide(ZstdStateCoding.layer))
