/**
 * What clients may hold of a gateway at once, and the defaults.
 *
 * By address (IPv4 address, IPv6 /64) they leave room for 500 players behind one address, each with an open event stream
 * and calls beside it. The bounds overall follow the heap, so that what is let in also fits.
 */
import { getHeapStatistics } from "node:v8"

export interface BoundsOptions {
  readonly connections: number
  readonly connectionsPerAddress: number
  /** Connections that are read side by side before they have verified a request; further ones wait. */
  readonly unverifiedPerAddress: number
  /** How many wait for that; beyond it they are closed. */
  readonly waitingPerAddress: number
  /** Requests that unverified connections may take back at once; a tenth of it comes back each second. */
  readonly resetsPerAddress: number
  /** Requests that aren't answered to their end, open event streams among them. */
  readonly requests: number
  readonly requestsPerAddress: number
  /** Bytes of bodies whose request isn't answered yet. */
  readonly bodyBytes: number
  readonly bodyBytesPerAddress: number
  /** Requests of one HTTP/2 connection that are open side by side. */
  readonly requestsPerConnection: number
}

const mebibyte = 1_048_576

/** What an open request takes of the heap before its body is read, with room to spare. */
const heapOfRequest = 128 * 1_024
const heapOfConnection = 64 * 1_024

export const defaults = (heapBytes: number = getHeapStatistics().heap_size_limit): BoundsOptions => {
  const connectionsPerAddress = 1_024
  const requestsPerAddress = 1_024
  const bodyBytesPerAddress = 32 * mebibyte
  return {
    connections: Math.max(connectionsPerAddress, Math.min(60_000, Math.floor(heapBytes / heapOfConnection))),
    connectionsPerAddress,
    unverifiedPerAddress: 32,
    waitingPerAddress: 512,
    resetsPerAddress: 128,
    requests: Math.max(requestsPerAddress, Math.min(60_000, Math.floor(heapBytes / heapOfRequest))),
    requestsPerAddress,
    bodyBytes: Math.max(bodyBytesPerAddress, Math.floor(heapBytes / 4)),
    bodyBytesPerAddress,
    requestsPerConnection: 128
  }
}

/** For listeners that stand alone, as in tests of them. */
export const unbounded: BoundsOptions = {
  connections: Number.POSITIVE_INFINITY,
  connectionsPerAddress: Number.POSITIVE_INFINITY,
  unverifiedPerAddress: Number.POSITIVE_INFINITY,
  waitingPerAddress: Number.POSITIVE_INFINITY,
  resetsPerAddress: Number.POSITIVE_INFINITY,
  requests: Number.POSITIVE_INFINITY,
  requestsPerAddress: Number.POSITIVE_INFINITY,
  bodyBytes: Number.POSITIVE_INFINITY,
  bodyBytesPerAddress: Number.POSITIVE_INFINITY,
  requestsPerConnection: 128
}
