/** Where the engines of a backend run that is a process of its own: as its children, or in containers. */
import { current } from "@galaxy/core/engine/Incarnation"
import type { EngineHost } from "@galaxy/core/engine/EngineHost"
import { Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import type { Values } from "../config/load.ts"
import type * as settings from "../config/settings.ts"
import * as ChildProcessEngineHost from "../engine-host/ChildProcessEngineHost.ts"
import * as DockerEngineHost from "../engine-host/DockerEngineHost.ts"
import { hostIdIn } from "../engine-host/hostId.ts"
import * as diskSpace from "../files/diskSpace.ts"
import { engineLimits } from "./options.ts"

interface BackendValues {
  readonly backend: Values<typeof settings.backend>
  readonly backendAlone: Values<typeof settings.backendAlone>
}

const onDocker = (alone: BackendValues["backendAlone"], installation: string) =>
  Layer.unwrap(
    Effect.map(current, (identity) =>
      DockerEngineHost.layer({
        installation,
        identity,
        hosts: alone.dockerHosts ?? [],
        mayPull: alone.dockerPull,
        limits: {
          memory: alone.dockerEngineMemory,
          memoryPerPlayer: alone.dockerEngineMemoryPerPlayer,
          cpus: alone.dockerEngineCpus
        }
      })
    )
  )

/** What `engineProblems` names must not get here. */
export const engineHost = ({
  backend,
  backendAlone
}: BackendValues): Layer.Layer<EngineHost, never, SqlClient.SqlClient> => {
  const { dataDir = "", dockerInstallation = "", engines } = backendAlone
  if (engines === "docker") return onDocker(backendAlone, dockerInstallation)
  return Layer.mergeAll(
    diskSpace.layer({ "engine states": dataDir }),
    ChildProcessEngineHost.layer({
      dataDir,
      hostId: backendAlone.hostId ?? (() => hostIdIn(dataDir)),
      ...engineLimits(backend)
    })
  )
}
