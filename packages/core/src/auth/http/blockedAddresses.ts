/** The list of blocked addresses on the admin surface. Nothing that is answered or kept contains an address. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { normalForm } from "@galaxy/contract/api/EmailAddress"
import { Administrator } from "@galaxy/contract/api/Identity"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited, sameAsBefore } from "../../audit/Audited.ts"
import { toApi } from "../../shared/http/errors.ts"
import { BlockedAddresses } from "../BlockedAddresses.ts"

/** Handlers of `AdminApi`'s group `adminBlockedAddresses`. */
export const blockedAddresses = HttpApiBuilder.group(
  AdminApi,
  "adminBlockedAddresses",
  Effect.fnUntraced(function* (handlers) {
    const addresses = yield* BlockedAddresses

    /** The payload's schema has checked that the address has a normal form. */
    const normal = (email: string) => normalForm(email) ?? email

    const target = (address_hash: string) => ({ kind: "address", id: address_hash }) as const

    return handlers
      .handle("list", ({ query: { cursor, limit } }) =>
        toApi(
          addresses.list({ ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) })
        )
      )
      .handle("block", ({ payload: { email, reason } }) =>
        toApi(
          Effect.gen(function* () {
            const { username } = yield* Administrator
            return yield* audited(
              { name: "address.block", target: (it) => target(it.address_hash), reason },
              addresses.block(normal(email), { by: username, reason })
            )
          })
        )
      )
      .handle("remove", ({ payload: { email, reason } }) =>
        toApi(
          Effect.gen(function* () {
            const address_hash = yield* addresses.hashOf(normal(email))
            return yield* audited(
              {
                name: "address.unblock",
                target: target(address_hash),
                reason,
                unchanged: sameAsBefore,
                view: Effect.map(
                  Effect.andThen(addresses.lock(normal(email)), addresses.isBlocked(normal(email))),
                  (blocked) => ({ blocked })
                )
              },
              Effect.map(addresses.unblock(normal(email)), (removed) => ({ address_hash, removed }))
            )
          })
        )
      )
  })
)
