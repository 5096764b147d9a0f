/** The part of a `pg.Pool` (node-postgres 8) that is used of one. Any pool that has it will do. */

/** A connection's messages to the server, which a `Submittable` writes by itself, as those of `pg-cursor` do. */
export interface WireLike {
  parse(message: { readonly text: string; readonly name: string; readonly types: ReadonlyArray<number> }): void
  bind(message: { readonly values: ReadonlyArray<unknown>; readonly binary: boolean }): void
  describe(message: { readonly type: "P"; readonly name: string }): void
  execute(message: object): void
  sync(): void
  sendCopyFail(reason: string): void
  readonly stream?: { cork?(): void; uncork?(): void; destroy?(): void } | undefined
}

/** A client as a session uses it, whoever it belongs to. */
export interface Client {
  connect(): Promise<unknown>
  query(submittable: object): unknown
  end(): Promise<unknown>
  on(event: string, listener: (...given: Array<never>) => void): unknown
  removeListener(event: string, listener: (...given: Array<never>) => void): unknown
}

/** A client that a pool has lent. With `true` it is closed instead of used again. */
export interface PooledClientLike {
  release(destroy?: boolean): void
}

/** A pool of node-postgres. */
export interface PoolLike {
  readonly options: object
  connect(): Promise<PooledClientLike>
  on(event: "error", listener: (error: Error) => void): unknown
  removeListener(event: "error", listener: (error: Error) => void): unknown
}

/** What is known of such clients beyond what their pool's type needs to say. */
export const clientOf = (client: PooledClientLike): Client => client as PooledClientLike & Client
