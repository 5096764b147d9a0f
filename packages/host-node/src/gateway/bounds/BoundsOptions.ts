/**
 * How much clients may hold at a gateway at once, and the defaults.
 *
 * The bounds per address (IPv4 address, IPv6 /64) leave room for 500 players behind one address, each with an open
 * event stream and calls beside it. The overall bounds follow the heap, so that everything admitted also fits.
 */
import { getHeapStatistics } from "node:v8"

/** The bounds of one gateway. `…PerAddress` means per IPv4 address or IPv6 /64. */
export interface BoundsOptions {
  readonly connections: number
  readonly connectionsPerAddress: number
  /** Connections that are read at the same time before they have verified a request; further ones wait. */
  readonly unverifiedPerAddress: number
  /** How many may wait for that; beyond it they are closed. */
  readonly waitingPerAddress: number
  /** Requests that unverified connections may reset at once; a tenth of it is restored each second. */
  readonly resetsPerAddress: number
  /** Requests without a complete answer, including open event streams. */
  readonly requests: number
  readonly requestsPerAddress: number
  /** Bytes of bodies whose request isn't answered yet, and of answers that wait to be sent. */
  readonly bodyBytes: number
  readonly bodyBytesPerAddress: number
  /** Requests of one HTTP/2 connection that may be open at the same time. */
  readonly requestsPerConnection: number
}

const mebibyte = 1_048_576

/** What an open request takes of the heap before its body is read, with room to spare. */
const heapOfRequest = 128 * 1_024
const heapOfConnection = 64 * 1_024

/**
 * The overall bounds follow `heapBytes`: one connection per 64 KiB and one request per 128 KiB, at most 60,000 each,
 * and a quarter for bodies. None is below the bound per address.
 */
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

/** For listeners by themselves, as in tests. */
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
