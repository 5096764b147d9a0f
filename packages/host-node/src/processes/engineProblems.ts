/** Whether the settings say enough of where engines run. */
import type { Values } from "../config/load.ts"
import type * as settings from "../config/settings.ts"

/** Settings that are missing for where engines run, or that mean nothing there. */
export const engineProblems = (alone: Partial<Values<typeof settings.backendAlone>>): ReadonlyArray<string> => {
  if (alone.engines !== "docker") {
    return alone.dataDir === undefined
      ? ["BACKEND_DATA_DIR: must be set (folder of the engines' state), unless BACKEND_ENGINES=docker"]
      : []
  }
  return [
    ...(alone.dockerInstallation === undefined
      ? ["BACKEND_DOCKER_INSTALLATION: must be set with BACKEND_ENGINES=docker, to a name of this platform's own"]
      : []),
    ...(alone.dockerHosts === undefined
      ? ["BACKEND_DOCKER_HOSTS: must be set with BACKEND_ENGINES=docker, to the hosts that engines run on"]
      : [])
  ]
}
