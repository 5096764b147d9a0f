/** The push stream for gateways that run elsewhere: `galaxy.push.v1.Push` over gRPC, on a port of its own. */
import * as PushServer from "@galaxy/host-node/push/PushServer"
import { Context } from "effect"
import type { Galaxy } from "./Galaxy.ts"
import { attach } from "./internal/attach.ts"
import { internalsOf } from "./internal/internals.ts"

/** Where to listen. */
export interface PushOptions {
  /** 0 lets the system choose. */
  readonly port: number
  /** The address to listen on; that of loopback when absent. */
  readonly host?: string | undefined
  /** Host names that it answers to, besides those of loopback. */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
}

/** The stream as gateways reach it. */
export interface Push {
  readonly port: number
  /** Ends open subscriptions and frees the port. Closing the Galaxy does it too. */
  readonly close: () => Promise<void>
}

/**
 * Listens for gateways, which need the token that `access` names. A gateway in this process doesn't need it. Rejects
 * with `GalaxyStartFailed` where the port can't be listened on.
 */
export const servePush = async (galaxy: Pick<Galaxy, "fetch">, options: PushOptions): Promise<Push> => {
  const behind = internalsOf(galaxy)
  const { build, close } = attach(behind)
  const { port, host = "127.0.0.1", allowedHosts } = options
  const context = await build(PushServer.layer({ host, port, callers: behind.callers, allowedHosts }))
  return { port: Context.get(context, PushServer.PushServer).port, close: () => close() }
}
