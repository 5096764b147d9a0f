/**
 * How ioredis opens its socket: the name is looked up with a deadline, once for all attempts that wait for it.
 *
 * A resolver that hangs would otherwise get a query for each attempt, none of which can be cancelled.
 */
import { connect, isIP, type LookupFunction } from "node:net"
import { connect as connectTls, type ConnectionOptions } from "node:tls"
import { AbstractConnector, type RedisOptions } from "ioredis"

/** How ioredis makes its connector. */
type Connector = NonNullable<RedisOptions["Connector"]>

/** Makes the connector of connections whose names are looked up with `lookup`. */
export const make = (lookup: LookupFunction): Connector => {
  class SharedLookupConnector extends AbstractConnector {
    readonly #options: RedisOptions

    constructor(options: unknown) {
      super((options as RedisOptions).disconnectTimeout ?? 0)
      this.#options = options as RedisOptions
    }

    override connect() {
      const { path, host = "localhost", port = 6379, tls } = this.#options
      const to = path ? { path } : { host, port, lookup }
      // `rediss:` sets it to true. Certificates are checked against the name, which isn't sent by default.
      const secure: ConnectionOptions = {
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(typeof tls === "object" ? tls : {})
      }
      const stream = tls ? connectTls({ ...to, ...secure }) : connect(to)
      stream.once("error", (error: Error) => {
        this.firstError = error
      })
      this.connecting = true
      this.stream = stream
      return Promise.resolve(stream)
    }
  }
  return SharedLookupConnector
}
