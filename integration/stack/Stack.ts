/** The platform under test, as somebody outside sees it: addresses, the mails that leave it, and its containers. */
import { Context, type Effect } from "effect"
import type { Admin, Credentials } from "./admin.ts"
import type { Mail } from "./mails.ts"
import type { NotInTime } from "./patience.ts"
import type { StackFailed } from "./StackFailed.ts"

/** One backend of the platform. */
export interface Backend {
  /** Origin of its REST surfaces. */
  readonly url: string
  /** Ends it at once, as a machine that loses its power does. */
  readonly kill: Effect.Effect<void, StackFailed>
  /** Starts it again after that; done once it is ready. */
  readonly restart: Effect.Effect<void, StackFailed | NotInTime>
}

/** The container of a game's engine. */
export interface EngineContainer {
  readonly id: string
  /** Where its REST service is reached from this machine. */
  readonly url: string
  readonly labels: Readonly<Record<string, string>>
}

/** All of it. Gateways and backends are alike; which of them a test takes makes no difference. */
export class Stack extends Context.Service<
  Stack,
  {
    readonly gateways: readonly [string, string]
    readonly backends: readonly [Backend, Backend]
    /** What gateways send to the backends (`X-Gateway-Token`). */
    readonly gatewayToken: string
    /** The administrator that a new platform has. */
    readonly bootstrap: Credentials
    /** That administrator's calls, by whichever backend answers. */
    readonly admin: Admin
    /** The country of this machine's address, by the platform's database. */
    readonly country: string
    /** The mails to an address that the relay has taken, newest first. */
    mailsTo(address: string): Effect.Effect<ReadonlyArray<Mail>, StackFailed>
    /** While the effect runs, the mail relay takes connections and answers nothing. */
    withoutRelay<A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | StackFailed, R>
    /** The containers that run as a game's engine. */
    enginesOf(gameId: string): Effect.Effect<ReadonlyArray<EngineContainer>, StackFailed>
  }
>()("@galaxy/integration/Stack") {}
