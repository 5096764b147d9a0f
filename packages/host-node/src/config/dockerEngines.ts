/** Variables that put the engines of the backend's games into containers: on which hosts, and what each may use. */
import { hostsSetting } from "../engine-host/docker/hostsFile.ts"
import { defaultLimits } from "../engine-host/docker/DockerSettings.ts"
import { flag, oneOf, type Parse, type Setting, whole } from "./Setting.ts"

/** The name of a platform on its hosts: it is a part of the names of containers, which are also names in DNS. */
const installation: Parse<string> = (text) =>
  /^[a-z0-9](?:[a-z0-9-]{0,14}[a-z0-9])?$/.test(text)
    ? { value: text }
    : { problem: "must have 1 to 16 lower-case letters, digits or hyphens, with no hyphen at an end" }

const cpus: Parse<number> = (text) => {
  const value = Number(text)
  return /^\d{1,3}(?:\.\d{1,2})?$/.test(text) && value > 0 && value <= 128
    ? { value }
    : { problem: "must be a number from 0.01 to 128, such as 0.5 or 2" }
}

/** Part of the settings of a backend that is a process of its own. */
export const dockerEngines = {
  engines: {
    name: "BACKEND_ENGINES",
    parse: oneOf("child-process", "docker"),
    fallback: "child-process",
    fallbackText: "child-process",
    about:
      "where engines run: as child processes of the backend on its machine, or each in a container on the Docker hosts of BACKEND_DOCKER_HOSTS"
  },
  dockerInstallation: {
    name: "BACKEND_DOCKER_INSTALLATION",
    parse: installation,
    optional: true,
    about:
      "name of this platform on its Docker hosts, the same for all of its backends. Containers of other names are never touched, so platforms that share a host must have different ones"
  },
  dockerHosts: {
    name: "BACKEND_DOCKER_HOSTS",
    parse: hostsSetting,
    optional: true,
    about:
      "the Docker hosts that engines run on: the path of a JSON file, or its text; docs/operating/docker.md says what is in it. The same for all backends"
  },
  dockerPull: {
    name: "BACKEND_DOCKER_PULL",
    parse: flag,
    fallback: false,
    fallbackText: "false",
    about:
      "whether a host pulls an engine's image that it doesn't have; otherwise images are put on the hosts beforehand"
  },
  dockerEngineMemory: {
    name: "BACKEND_DOCKER_ENGINE_MEMORY",
    parse: whole(64, 1_048_576),
    fallback: defaultLimits.memory,
    fallbackText: `${defaultLimits.memory}`,
    about: "memory of an engine's container in MiB, before what is added for its players; it has no swap beside it"
  },
  dockerEngineMemoryPerPlayer: {
    name: "BACKEND_DOCKER_ENGINE_MEMORY_PER_PLAYER",
    parse: whole(0, 65_536),
    fallback: defaultLimits.memoryPerPlayer,
    fallbackText: `${defaultLimits.memoryPerPlayer}`,
    about: "MiB added to an engine's memory for each player of its game"
  },
  dockerEngineCpus: {
    name: "BACKEND_DOCKER_ENGINE_CPUS",
    parse: cpus,
    fallback: defaultLimits.cpus,
    fallbackText: `${defaultLimits.cpus}`,
    about: "processors that one engine may keep busy, at most as many as its host has"
  }
} as const satisfies Record<string, Setting<unknown>>
