/**
 * Who is at the other end of a connection and of each request on it: whom the operator trusts, and whom they exempt.
 */
import { plain } from "@galaxy/contract/net/Address"
import { network } from "@galaxy/edge/address"
import type { Peer, PeerConnection } from "@galaxy/edge/Envelope"
import { clientOf } from "./forwarded.ts"
import * as Networks from "./Networks.ts"

/** Networks that the operator has named, in CIDR notation or as single addresses. */
export interface SourceOptions {
  /** Proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies?: ReadonlyArray<string> | undefined
  /** Proxies whose connections begin with a header of the PROXY protocol, version 2. */
  readonly proxyProtocol?: ReadonlyArray<string> | undefined
  /** Clients without bounds and budgets by address. */
  readonly exempt?: ReadonlyArray<string> | undefined
}

/** Clients of one proxy connection that are remembered; the least recently seen are forgotten. */
const maxRemembered = 4_096

const none: ReadonlyArray<never> = []

/** Notifies the connection when its first request was verified. */
class Memory implements PeerConnection {
  readonly #connection: Connection
  #at: number | undefined
  verifiedBy: string | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get verifiedAt(): number | undefined {
    return this.#at
  }

  set verifiedAt(at: number | undefined) {
    const isFirst = this.#at === undefined
    const connection = this.#connection
    this.#at = at
    connection.isVerified = true
    if (!isFirst) return
    const { onVerified } = connection
    if (!connection.isProxy) connection.onVerified = none
    for (const tell of onVerified) tell()
  }
}

/** A connection, and what is remembered about the clients on it: one, or many behind a proxy. */
export class Connection {
  /** The other end: what the PROXY protocol says, else the socket's peer. */
  readonly ip: string
  /** A trusted proxy: it carries requests of others and says whose. */
  readonly isProxy: boolean
  readonly isExempt: boolean
  /** The network that the connection itself counts for; undefined for trusted proxies and exempt peers. */
  readonly holder: string | undefined
  /** Called once for each client, when its first request was verified; where there is only one, they are forgotten then. */
  onVerified: ReadonlyArray<() => void> = none
  /** Whether a request on it was ever verified. */
  isVerified = false
  openRequests = 0
  /** Of the one client, unless it is a proxy. */
  #only: PeerConnection | undefined
  #memory: Map<string, PeerConnection> | undefined

  constructor(ip: string, isProxy: boolean, isExempt: boolean) {
    this.ip = ip
    this.isProxy = isProxy
    this.isExempt = isExempt
    this.holder = isProxy || isExempt ? undefined : network(ip)
  }

  memoryOf(key: string): PeerConnection {
    // Made on demand: most connections of a flood never get as far as a request.
    if (!this.isProxy) {
      this.#only ??= new Memory(this)
      return this.#only
    }
    this.#memory ??= new Map()
    const memory = this.#memory
    const known = memory.get(key) ?? new Memory(this)
    memory.delete(key)
    memory.set(key, known)
    const oldest = memory.size > maxRemembered ? memory.keys().next().value : undefined
    if (oldest !== undefined) memory.delete(oldest)
    return known
  }
}

/** Tells connections and peers apart by the operator's networks. Throws for a network that can't be read. */
export class Sources {
  readonly #trusted: Networks.Networks
  readonly #proxyProtocol: Networks.Networks
  readonly #exempt: Networks.Networks

  constructor(options: SourceOptions = {}) {
    this.#trusted = Networks.of(options.trustedProxies ?? [])
    this.#proxyProtocol = Networks.of(options.proxyProtocol ?? [])
    this.#exempt = Networks.of(options.exempt ?? [])
  }

  /** Whether connections of this peer must begin with a PROXY header. */
  speaksProxyProtocol(peer: string): boolean {
    return this.#proxyProtocol.includes(peer)
  }

  connection(ip: string): Connection {
    const address = plain(ip)
    return new Connection(address, this.#trusted.includes(address), this.#exempt.includes(address))
  }

  /** The peer of one request: behind a trusted proxy, the client that it names. */
  peer(connection: Connection, forwardedFor: string | undefined): Peer {
    const ip = connection.isProxy ? clientOf(connection.ip, forwardedFor, this.#trusted) : connection.ip
    const exempt = ip === connection.ip ? connection.isExempt : this.#exempt.includes(ip)
    return { ip, exempt, connection: connection.memoryOf(network(ip)) }
  }
}
