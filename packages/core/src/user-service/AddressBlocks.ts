/** Whether an address is blocked, which only a process with the backend's secret can tell: the list holds hashes. */
import { Context, Effect, Layer, type Redacted } from "effect"
import type { SqlClient } from "effect/sql"
import * as AuthSettings from "../auth/AuthSettings.ts"
import * as BlockedAddresses from "../auth/BlockedAddresses.ts"
import type { Sessions } from "../auth/Sessions.ts"

/** Looks up addresses in their normal form. */
export class AddressBlocks extends Context.Service<
  AddressBlocks,
  Pick<BlockedAddresses.BlockedAddresses["Service"], "isBlocked">
>()("@galaxy/core/user-service/AddressBlocks") {}

/** Without the secret no address is known to be blocked. An account is, whoever asks. */
export const layer = (
  secret: Redacted.Redacted<Uint8Array> | undefined
): Layer.Layer<AddressBlocks, never, SqlClient.SqlClient | Sessions> =>
  secret === undefined
    ? Layer.succeed(AddressBlocks, { isBlocked: () => Effect.succeed(false) })
    : Layer.effect(
        AddressBlocks,
        Effect.map(BlockedAddresses.BlockedAddresses, ({ isBlocked }) => ({ isBlocked }))
      ).pipe(Layer.provide(BlockedAddresses.layer), Layer.provide(AuthSettings.layer({ codeKey: secret })))
