/**
 * Networks from which addresses have signed in. Part of an address's daily mails is reserved for them.
 *
 * The table reveals neither addresses nor networks, nor whether two addresses share a network: both are keyed hashes,
 * and the hash of a network differs for each address. An address has a bounded number of networks, and a network that
 * isn't used is forgotten.
 */
import { Context, DateTime, Effect, Layer } from "effect"
import { Mac } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { clockSlack } from "../shared/clockSlack.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as webCrypto from "../shared/webCrypto.ts"
import { AuthSettings } from "./AuthSettings.ts"
import { keyedHash } from "./keyedHash.ts"

/** An address and a network as they are stored: truncated keyed hashes of 16 bytes each. */
export interface Mark {
  readonly address: Uint8Array
  readonly network: Uint8Array
}

/** Remembers the networks of sign-ins and recognises them later. */
export class SignInNetworks extends Context.Service<
  SignInNetworks,
  {
    /** Takes an address in its normal form and a network of `SourceNetwork`. */
    mark(email: string, network: string): Effect.Effect<Mark>
    /** Whether the address has signed in from there within `networkMemoryMs`. */
    isKnown(mark: Mark): Effect.Effect<boolean, StorageError>
    /**
     * Notes a sign-in. Joins the caller's transaction, which must hold the address's lock (`ChallengeStore`, `inTurn`).
     */
    remember(mark: Mark): Effect.Effect<void, StorageError>
    /** Removes networks that are too old, at most `limit`; returns how many. */
    forget(limit: number): Effect.Effect<number, StorageError>
  }
>()("@galaxy/core/auth/SignInNetworks") {}

/** Most networks that are remembered for one address; the least recently used goes first. */
export const mostNetworks = 32

/** Half of the hash: nobody can make two texts collide without the key. */
const markBytes = 16

/** Networks are keyed with `AuthSettings.codeKey`: under another key, none of the stored ones is recognised. */
export const layer: Layer.Layer<SignInNetworks, never, SqlClient.SqlClient | AuthSettings> = Layer.effect(
  SignInNetworks,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const mac = yield* Mac.Mac
    const { codeKey, networkMemoryMs } = yield* AuthSettings

    const short = (purpose: string, ...parts: ReadonlyArray<string>) =>
      keyedHash(codeKey, purpose, ...parts).pipe(
        Effect.map((hash) => hash.slice(0, markBytes)),
        Effect.provideService(Mac.Mac, mac)
      )

    const oldest = Effect.map(DateTime.now, (now) =>
      DateTime.toDateUtc(DateTime.subtract(now, { milliseconds: networkMemoryMs }))
    )

    // A time in the future comes from a clock that was wrong. It doesn't count as recent, here or in `remember`.
    const isKnown = Effect.fn("SignInNetworks.isKnown")(function* (mark: Mark) {
      const latest = DateTime.addDuration(yield* DateTime.now, clockSlack)
      const rows = yield* sql`
        SELECT 1 FROM backend.auth_networks
        WHERE address_hash = ${mark.address} AND network_hash = ${mark.network}
          AND last_sign_in_at > ${yield* oldest} AND last_sign_in_at <= ${DateTime.toDateUtc(latest)}`
      return rows.length > 0
    }, StorageError.refail)

    const remember = Effect.fn("SignInNetworks.remember")(function* (mark: Mark) {
      const now = yield* DateTime.nowAsDate
      yield* sql`
        INSERT INTO backend.auth_networks (address_hash, network_hash, last_sign_in_at, created_at)
        VALUES (${mark.address}, ${mark.network}, ${now}, ${now})
        ON CONFLICT (address_hash, network_hash) DO UPDATE SET last_sign_in_at = excluded.last_sign_in_at`
      yield* sql`
        DELETE FROM backend.auth_networks WHERE address_hash = ${mark.address} AND network_hash IN (
          SELECT network_hash FROM backend.auth_networks
          WHERE address_hash = ${mark.address} AND network_hash <> ${mark.network}
          ORDER BY last_sign_in_at > ${now}, last_sign_in_at DESC, network_hash OFFSET ${mostNetworks - 1}::int)`
    }, StorageError.refail)

    const forget = Effect.fn("SignInNetworks.forget")(function* (limit: number) {
      const rows = yield* sql`
        DELETE FROM backend.auth_networks WHERE (address_hash, network_hash) IN (
          SELECT address_hash, network_hash FROM backend.auth_networks
          WHERE last_sign_in_at <= ${yield* oldest} LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)
        RETURNING 1`
      return rows.length
    }, StorageError.refail)

    return SignInNetworks.of({
      mark: (email, network) =>
        Effect.all({
          address: short("sign-in-address", email),
          network: short("sign-in-network", email, network)
        }),
      isKnown,
      remember,
      forget
    })
  })
).pipe(Layer.provide(webCrypto.layer))
