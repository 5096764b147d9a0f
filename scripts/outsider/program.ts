/**
 * What somebody outside this repository writes against the published packages.
 *
 * Type-checked and run as it stands, against packed packages, by the test beside it.
 */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import { gatewayKey } from "@galaxy/client/verify"
import { EdgeGateway } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const session = DeviceKey.fromSeed(new Uint8Array(32).fill(7))
const input = SigningInput.serverTime({ requestId: "r-1", serverTimeMs: 1_700_000_000_000n })
const signature = await session.sign(input)
const key = await gatewayKey(session.publicKey)

const tables = await Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ count: number }>`
    SELECT count(*)::int AS count FROM information_schema.tables WHERE table_schema = 'backend'`
}).pipe(Effect.provide(TestDatabase.layerPglite), Effect.scoped, Effect.runPromise)

console.log(
  JSON.stringify({
    rpcs: EdgeGateway.methods.map(({ name }) => name),
    verified: await key.verifies(input, signature),
    forged: await key.verifies(new Uint8Array([...input, 0]), signature),
    tables: (tables[0]?.count ?? 0) > 0
  })
)
