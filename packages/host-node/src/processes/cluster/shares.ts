/**
 * How many gateway processes this machine gets, and what each of them may hold: its part of what one alone would have.
 *
 * Bounds per address stay whole, because all connections of an address come to the same process. What bounds the gateway as a
 * whole is divided.
 */
import { availableParallelism } from "node:os"
import { getHeapStatistics } from "node:v8"
import type { GatewayOptions } from "../../gateway/GatewayServer.ts"

/** More processes than this share too little work to be worth their memory, unless an operator asks for them. */
const most = 16

const mebibyte = 1_048_576

/** V8's young generation, which its limit of the heap contains. */
const youngMebibytes = 192

/** The smallest heap of a process that isn't the only one. */
const leastMebibytes = youngMebibytes + 256

/** What decides how many processes there are by default. */
export interface Machine {
  /** Cores that this process may use, by its affinity and its control group. */
  readonly cores: number
  /** V8's limit for the heap of one process, in bytes. It follows the memory of the machine or container. */
  readonly heapBytes: number
}

/** The machine that this runs on. */
export const thisMachine = (): Machine => ({
  cores: availableParallelism(),
  heapBytes: getHeapStatistics().heap_size_limit
})

/** One process a core, and fewer where their heaps would be too small. */
export const processesOn = ({ cores, heapBytes }: Machine): number =>
  Math.max(1, Math.min(cores, most, Math.floor(heapBytes / mebibyte / leastMebibytes)))

/** V8's `--max-old-space-size` of each of so many processes, in MiB: together they have the heap of one. */
export const oldSpaceOf = (count: number, heapBytes: number): number =>
  Math.max(64, Math.floor(heapBytes / mebibyte / count) - youngMebibytes)

const part = (count: number, whole: number | undefined): number | undefined =>
  whole === undefined ? undefined : Math.ceil(whole / count)

const given = <K extends string>(key: K, value: number | undefined): { readonly [_ in K]?: number } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [_ in K]: number })

/** The options of each of so many processes. What isn't set follows the heap, which is divided already. */
export const shareOf = (options: GatewayOptions, count: number): GatewayOptions => ({
  ...options,
  bounds: {
    ...options.bounds,
    ...given("connections", part(count, options.bounds?.connections)),
    ...given("requests", part(count, options.bounds?.requests)),
    ...given("bodyBytes", part(count, options.bounds?.bodyBytes))
  },
  hub: { ...options.hub, ...given("maxStreams", part(count, options.hub?.maxStreams)) }
})
