/** A container as operators should run the platform's: nothing in it can be written to, and it may do nothing special. */
import { GenericContainer, type StartedTestContainer } from "testcontainers"
import type { Run } from "./Run.ts"

/** What is special about one container. */
export interface Special {
  /** Networks that it is in, besides that of the platform. */
  readonly networks?: ReadonlyArray<string>
  /** Numbers of this machine's groups to which its user belongs. */
  readonly groups?: ReadonlyArray<number>
  /** How often Docker starts it again when it ends with an error by itself; never, if not given. */
  readonly restarts?: number
}

/** Known to the others by its role, in the networks of its run. Ports are published on loopback alone. */
export class HardenedContainer extends GenericContainer {
  readonly #run: Run
  readonly #networks: ReadonlyArray<string>
  readonly #restarts: number
  readonly #ended = Promise.withResolvers<never>()

  constructor(run: Run, image: string, role: string, { groups = [], networks = [], restarts = 0 }: Special = {}) {
    super(image)
    this.#run = run
    this.#networks = networks
    this.#restarts = restarts
    // All end some day, when nobody waits for it any more.
    this.#ended.promise.catch(() => undefined)
    this.withName(`galaxy-integration-${run.id}-${role}`)
      .withLabels({ ...run.labels, "galaxy.integration.role": role })
      .withNetworkMode(run.platform)
      .withTmpFs({ "/tmp": "uid=1000,gid=1000" })
      .withDroppedCapabilities("ALL")
      .withSecurityOpt("no-new-privileges")
      .withStartupTimeout(240_000)
    Object.assign(this.createOpts, {
      NetworkingConfig: { EndpointsConfig: { [run.platform]: { Aliases: [role] } } }
    })
    Object.assign(this.hostConfig, {
      ReadonlyRootfs: true,
      Init: true,
      PidsLimit: 128,
      Memory: 1024 ** 3,
      GroupAdd: groups.map(String),
      ...(restarts === 0 ? {} : { RestartPolicy: { Name: "on-failure", MaximumRetryCount: restarts } })
    })
  }

  /** As `start`, but a container that ends for good before it is ready is a failure at once. */
  async startOrEnd(): Promise<StartedTestContainer> {
    return Promise.race([this.start(), this.#ended.promise])
  }

  protected override async containerCreated(id: string): Promise<void> {
    const container = this.#run.docker.getContainer(id)
    if (this.#restarts === 0) {
      container.wait({ condition: "next-exit" }).then(
        ({ StatusCode }: { readonly StatusCode: number }) =>
          this.#ended.reject(new Error(`ended with ${StatusCode} before it was ready`)),
        // The daemon says why elsewhere, too.
        () => undefined
      )
    }
    for (const network of this.#networks) {
      await this.#run.docker.getNetwork(network).connect({ Container: id })
    }
  }

  protected override async beforeContainerCreated(): Promise<void> {
    for (const bindings of Object.values((this.hostConfig.PortBindings ?? {}) as Record<string, Array<object>>)) {
      for (const binding of bindings) Object.assign(binding, { HostIp: "127.0.0.1" })
    }
    return Promise.resolve()
  }
}
