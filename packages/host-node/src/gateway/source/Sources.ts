/** Who is on the other end of a connection, and of each request on it; whom the operator trusts and whom they exempt. */
import { network, plain } from "@galaxy/edge/address"
import type { Peer, PeerConnection } from "@galaxy/edge/Envelope"
import { clientOf } from "./forwarded.ts"
import * as Networks from "./Networks.ts"

export interface SourceOptions {
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: ReadonlyArray<string> | undefined
  /** Proxies whose connections begin with a header of the PROXY protocol, version 2. */
  readonly proxyProtocol?: ReadonlyArray<string> | undefined
  /** Clients without bounds and budgets by address. */
  readonly exempt?: ReadonlyArray<string> | undefined
}

/** Clients of one proxy connection that are remembered; the least recently seen are forgotten. */
const maxRemembered = 4_096

export class Connection {
  /** The other end: what the PROXY protocol says, else the socket's peer. */
  readonly ip: string
  /** It carries requests of others and says whose. */
  readonly isProxy: boolean
  readonly isExempt: boolean
  readonly #memory = new Map<string, PeerConnection>()

  constructor(ip: string, isProxy: boolean, isExempt: boolean) {
    this.ip = ip
    this.isProxy = isProxy
    this.isExempt = isExempt
  }

  /** For whom the connection itself counts; a trusted proxy's is nobody's. */
  get holder(): string | undefined {
    return this.isProxy || this.isExempt ? undefined : network(this.ip)
  }

  memoryOf(key: string): PeerConnection {
    const known = this.#memory.get(key) ?? { verifiedAt: undefined }
    this.#memory.delete(key)
    this.#memory.set(key, known)
    const oldest = this.#memory.size > maxRemembered ? this.#memory.keys().next().value : undefined
    if (oldest !== undefined) this.#memory.delete(oldest)
    return known
  }
}

export class Sources {
  readonly #trusted: Networks.Networks
  readonly #proxyProtocol: Networks.Networks
  readonly #exempt: Networks.Networks

  constructor(options: SourceOptions = {}) {
    this.#trusted = Networks.of(options.trustedProxies ?? [])
    this.#proxyProtocol = Networks.of(options.proxyProtocol ?? [])
    this.#exempt = Networks.of(options.exempt ?? [])
  }

  /** Whether connections of this peer have to begin with a PROXY header. */
  speaksProxyProtocol(peer: string): boolean {
    return this.#proxyProtocol.includes(peer)
  }

  connection(ip: string): Connection {
    const address = plain(ip)
    return new Connection(address, this.#trusted.includes(address), this.#exempt.includes(address))
  }

  /** Of one request: behind a trusted proxy the client that it names. */
  peer(connection: Connection, forwardedFor: string | undefined): Peer {
    const ip = connection.isProxy ? clientOf(connection.ip, forwardedFor, this.#trusted) : connection.ip
    const exempt = ip === connection.ip ? connection.isExempt : this.#exempt.includes(ip)
    return { ip, exempt, connection: connection.memoryOf(network(ip)) }
  }
}
