/** Where a running platform can be reached: what a host prints, and what a demo or a test talks to. */
import { Context } from "effect"

export interface PlatformAddresses {
  /** Origin that players use. */
  readonly gatewayUrl: string
  /** Origin of the backend's own surfaces: user, internal and admin. */
  readonly backendUrl: string
  /** Origin of the page of caught mails. */
  readonly mailPageUrl: string
  /** Opens that page: in `/?key=` for a browser, as a bearer for a program. */
  readonly mailPageKey: string
  readonly adminUser: string
  readonly adminPassword: string
}

export class Platform extends Context.Service<Platform, PlatformAddresses>()("@galaxy/host-node/processes/Platform") {}
