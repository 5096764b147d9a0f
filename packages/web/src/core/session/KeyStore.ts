/** Where a browser keeps the session of its player: a port, so that `core` knows no browser. */
import type { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"

/** What one needs to go on as the same player after the page was closed. */
export interface StoredSession {
  readonly userId: UserId
  readonly deviceSessionId: DeviceSessionId
  /** Can't be exported: it signs, and never leaves the browser. */
  readonly handle: CryptoKeyPair
  /** The gateway's key as pinned at sign-in: 32 bytes. */
  readonly gatewayKey: Uint8Array<ArrayBuffer>
}

/** At most one session is kept. A failure is one of the browser's storage, such as a full disk. */
export interface KeyStore {
  readonly load: () => Promise<StoredSession | undefined>
  readonly save: (session: StoredSession) => Promise<void>
  /** Forgets the session, its key and its position in the event stream. */
  readonly clear: () => Promise<void>
  /** The last sequence whose handlers have run; 0 before the first. */
  readonly position: (deviceSessionId: DeviceSessionId) => Promise<number>
  readonly savePosition: (deviceSessionId: DeviceSessionId, sequence: number) => Promise<void>
}
