/** The race-name directory's layers, put together. */
import { Layer } from "effect"
import type { SqlClient } from "effect/sql"
import type { Notifications } from "../notification/Notifications.ts"
import type { StorageError } from "../shared/StorageError.ts"
import type { Limits } from "../standing/Limits.ts"
import * as RaceNameConfig from "./RaceNameConfig.ts"
import * as RaceNameKeys from "./RaceNameKeys.ts"
import * as RaceNames from "./RaceNames.ts"
import * as RaceNameStore from "./RaceNameStore.ts"

/** `RaceNames` with its store and the settings of the host, over keys that are up to date. */
export const layer = (
  settings: Partial<RaceNameConfig.RaceNameSettings> = {}
): Layer.Layer<RaceNames.RaceNames, StorageError, SqlClient.SqlClient | Notifications | Limits> =>
  RaceNames.layer.pipe(
    Layer.provide(Layer.mergeAll(RaceNameStore.layer, RaceNameConfig.layer(settings))),
    Layer.provide(RaceNameKeys.layer)
  )
