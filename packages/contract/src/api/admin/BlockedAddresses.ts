/** Addresses that nobody may sign in with, for operators (`/api/v1/admin/blocked-addresses`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "../ApiError.ts"
import { EmailAddress } from "../EmailAddress.ts"
import { paging, Timestamp } from "../Fields.ts"
import { reason } from "./Reason.ts"

/** A blocked address. The address itself isn't kept, only its keyed hash. */
export const BlockedAddress = Schema.Struct({
  blocked_address_id: Schema.String,
  /** 64 hexadecimal digits; audit rows name the address by them. */
  address_hash: Schema.String,
  reason: Schema.String,
  /** The administrator's name; absent where an earlier version, or the erasure of a blocked account, has blocked the address. */
  blocked_by: Schema.optionalKey(Schema.String),
  blocked_at: Timestamp
})

/** Body of both mutations: an address in any spelling, and why. */
export const AddressAndReason = Schema.Struct({ email: EmailAddress, reason })

/**
 * The list of blocked addresses, newest first. Blocking one also ends the sessions of its account, which can't act any
 * more. Both mutations may be repeated; a dry run of `remove` tells whether an address is on the list.
 */
export class AdminBlockedAddressesGroup extends HttpApiGroup.make("adminBlockedAddresses")
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: paging,
      success: Schema.Struct({
        blocked_addresses: Schema.Array(BlockedAddress),
        next_cursor: Schema.optionalKey(Schema.String)
      }),
      error: wireErrors
    }),
    HttpApiEndpoint.post("block", "/", { payload: AddressAndReason, success: BlockedAddress, error: wireErrors }),
    HttpApiEndpoint.post("remove", "/remove", {
      payload: AddressAndReason,
      /** Whether the address was on the list. */
      success: Schema.Struct({ address_hash: Schema.String, removed: Schema.Boolean }),
      error: wireErrors
    })
  )
  .prefix("/api/v1/admin/blocked-addresses") {}
