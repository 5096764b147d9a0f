/** A PostgreSQL client that counts its statements and, while asked to, keeps them with their values. */
import * as DatabaseOwnership from "@galaxy/core/shared/DatabaseOwnership"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer } from "effect"
import type { SqlConnection } from "effect/sql"

/** One statement as it went to the server. */
export interface Recorded {
  readonly text: string
  readonly values: ReadonlyArray<unknown>
  /** Differs between transactions, and between statements outside of one. */
  readonly borrowed: number
}

/** A migrated database of its own on the server, and what has been sent to it. */
export const recording = (serverUrl: string) => {
  let url = ""
  let count = 0
  let borrowings = 0
  let kept: Array<Recorded> | undefined

  const watched = (connection: SqlConnection.Connection): SqlConnection.Connection => {
    const borrowed = ++borrowings
    return new Proxy(connection, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== "function" || typeof name !== "string" || !name.startsWith("execute")) return member
        return (text: string, values: ReadonlyArray<unknown> = [], ...rest: ReadonlyArray<unknown>): unknown => {
          count++
          kept?.push({ text, values, borrowed })
          return Reflect.apply(member, target, [text, values, ...rest])
        }
      }
    })
  }

  const layer = Layer.unwrap(
    Effect.map(cloneUrl(serverUrl), (clone) => {
      url = clone.url
      return Layer.merge(PgDatabaseSignal.layer, DatabaseOwnership.layerExclusive).pipe(
        Layer.provideMerge(Postgres.layer({ url, maxConnections: 20, watch: watched }))
      )
    })
  ).pipe(Layer.orDie)

  return {
    layer,
    url: () => url,
    /** Statements since the start, transaction control included. */
    count: () => count,
    /** The statements that are sent while `work` is done, if nothing else is at work. */
    record: async (work: () => Promise<unknown>): Promise<ReadonlyArray<Recorded>> => {
      const all: Array<Recorded> = []
      kept = all
      await work()
      kept = undefined
      return all
    }
  }
}
