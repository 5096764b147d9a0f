/** Where a running platform can be reached: what a host prints, and what a demo or a test talks to. */
import { Context, type Effect } from "effect"
import type { DataFolderUnusable } from "../all-in-one/DataFolder.ts"

/** Origins are URLs without a path. The key and the password are secrets: not for a log. */
export interface PlatformAddresses {
  /** Origin that players use. */
  readonly gatewayUrl: string
  /** Origin of the backend's own surfaces: user, internal and admin. */
  readonly backendUrl: string
  /** Origin of the page of caught mails. */
  readonly mailPageUrl: string
  /** The key of that page: in `/?key=` for a browser, as a bearer token for a program. */
  readonly mailPageKey: string
  readonly adminUser: string
  readonly adminPassword: string
  /** Fails when another process may own the data folder: nothing may be written to it from then on. */
  readonly folderLost: Effect.Effect<never, DataFolderUnusable>
}

/** A running platform: available once everything listens. */
export class Platform extends Context.Service<Platform, PlatformAddresses>()("@galaxy/host-node/processes/Platform") {}
