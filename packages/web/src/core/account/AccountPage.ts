/** One's own account: what it is called, its settings, its devices and its race names, and every change of them. */
import type { Answer, Requests } from "@galaxy/client/Calls"
import type { ClientError } from "@galaxy/client/ClientError"
import { Result } from "effect"
import type { Caller } from "../lobby/Game.ts"
import * as Pages from "../lobby/Pages.ts"
import * as Loader from "../Loader.ts"

export type Account = Answer<"user.account.get">
export type Device = Answer<"user.sessions.list">["sessions"][number]
export type RaceName = Answer<"lobby.my.race_names">["race_names"][number]

export interface AccountPage {
  readonly account: Loader.Loader<Account>
  readonly devices: Loader.Loader<ReadonlyArray<Device>>
  readonly names: Pages.Pages<RaceName>
  readonly load: () => void
  readonly rename: (displayName: string) => Promise<ClientError | undefined>
  readonly set: (settings: Requests["user.settings.update"]) => Promise<ClientError | undefined>
  readonly signOutDevice: (device: Device) => Promise<ClientError | undefined>
  readonly signOutAll: () => Promise<ClientError | undefined>
  readonly register: (name: string) => Promise<ClientError | undefined>
  /** Deletes the account for good. */
  readonly remove: () => Promise<ClientError | undefined>
}

const errorOf = <A>(answer: Result.Result<A, ClientError>): ClientError | undefined =>
  Result.isFailure(answer) ? answer.failure : undefined

/** Nothing is read yet. */
export const make = (me: Caller): AccountPage => {
  const account = Loader.make(() => me.call("user.account.get", {}))
  const devices = Loader.make(async () =>
    Result.map(await me.call("user.sessions.list", {}), ({ sessions }) => devicesOf(sessions))
  )
  const names = Pages.make(async (cursor) =>
    Result.map(
      await me.call("lobby.my.race_names", cursor === undefined ? { limit: 50 } : { cursor, limit: 50 }),
      ({ race_names, next_cursor }) => ({ items: race_names, next: next_cursor })
    )
  )

  const changed = (answer: Result.Result<Account, ClientError>) => {
    if (Result.isSuccess(answer)) account.put(answer.success)
    return errorOf(answer)
  }

  return {
    account,
    devices,
    names,
    load: () => {
      void account.load()
      void devices.load()
      void names.load()
    },
    rename: async (display_name) => changed(await me.call("user.profile.update", { display_name })),
    set: async (settings) => changed(await me.call("user.settings.update", settings)),
    signOutDevice: async ({ device_session_id }) => {
      const answer = await me.call("user.sessions.revoke", { device_session_id })
      await devices.load()
      return errorOf(answer)
    },
    signOutAll: async () => errorOf(await me.call("user.sessions.revoke_all", {})),
    register: async (name) => {
      const answer = await me.call("lobby.race_names.register", { name })
      await names.load()
      return errorOf(answer)
    },
    remove: async () => errorOf(await me.call("user.account.delete", {}))
  }
}

/** The devices: this one first, then the one that was seen last. */
export const devicesOf = (devices: ReadonlyArray<Device>): ReadonlyArray<Device> => {
  const seen = ({ last_seen_at, created_at }: Device) => (last_seen_at ?? created_at).epochMilliseconds
  return devices.toSorted((a, b) => Number(b.current) - Number(a.current) || seen(b) - seen(a))
}

/** What somebody types to show that they mean it: their address, whatever its case. */
export const confirmsDeletion = (typed: string, account: Pick<Account, "email">): boolean =>
  typed.trim().toLowerCase() === account.email.toLowerCase()

const tiers: ReadonlyArray<RaceName["status"]> = ["pending_registration", "registered", "reservation"]

/** The names by how much they need their owner: those that run out first come first. */
export const namesInOrder = (names: ReadonlyArray<RaceName>): ReadonlyArray<RaceName> =>
  names.toSorted(
    (a, b) =>
      tiers.indexOf(a.status) - tiers.indexOf(b.status) ||
      (a.expires_at?.epochMilliseconds ?? 0) - (b.expires_at?.epochMilliseconds ?? 0) ||
      a.name.localeCompare(b.name)
  )
