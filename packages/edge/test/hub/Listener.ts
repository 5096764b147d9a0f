import type * as PushHub from "@galaxy/edge/hub/PushHub"
import type { LiveEvent } from "@galaxy/edge/hub/PushSource"

/** A stream that notes what the hub tells it. */
export class Listener implements PushHub.HubStream {
  readonly userId = "user-1"
  readonly deviceSessionId: string
  readonly network: string | undefined
  /** Ids of events, `missed`, and reasons to end. */
  readonly told: Array<string> = []

  constructor(deviceSessionId: string, network?: string) {
    this.deviceSessionId = deviceSessionId
    this.network = network
  }

  event({ eventId }: LiveEvent): void {
    this.told.push(eventId)
  }

  missed(): void {
    this.told.push("missed")
  }

  end(reason: PushHub.EndReason): void {
    this.told.push(reason)
  }
}
