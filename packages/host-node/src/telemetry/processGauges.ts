/** How the Node process itself is doing: CPU, memory, event loop, garbage collection. */
import { constants, monitorEventLoopDelay, performance, PerformanceObserver } from "node:perf_hooks"
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8"
import { counter, gauge, histogram } from "@galaxy/contract/telemetry/instruments"

const cpu = counter("process.cpu.time")
const resident = gauge("process.memory.usage")
const uptime = gauge("process.uptime")
const delayP50 = gauge("nodejs.eventloop.delay.p50")
const delayP99 = gauge("nodejs.eventloop.delay.p99")
const delayMax = gauge("nodejs.eventloop.delay.max")
const utilization = gauge("nodejs.eventloop.utilization")
const heapUsed = gauge("v8js.memory.heap.used")
const heapLimit = gauge("v8js.memory.heap.limit")
const collections = histogram("v8js.gc.duration")

const kinds: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb"
}

/** How often the event loop's delay is sampled, in milliseconds; the sampling itself is taken off. */
const resolutionMs = 20

/** `read` sets all gauges to what has happened since it was called last. */
export const processGauges = (): { readonly read: () => void; readonly end: () => void } => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind = 0 } = (entry as unknown as { readonly detail?: { readonly kind?: number } }).detail ?? {}
      collections(entry.duration / 1_000, kinds[kind] ?? "_OTHER")
    }
  })
  observer.observe({ entryTypes: ["gc"] })
  let used = process.cpuUsage()
  cpu(used.user / 1e6, "user")
  cpu(used.system / 1e6, "system")
  let loop = performance.eventLoopUtilization()
  const seconds = (nanos: number) => Math.max(0, nanos / 1e9 - resolutionMs / 1_000)
  const read = () => {
    const since = process.cpuUsage(used)
    used = { user: used.user + since.user, system: used.system + since.system }
    cpu(since.user / 1e6, "user")
    cpu(since.system / 1e6, "system")
    resident(process.memoryUsage.rss())
    uptime(process.uptime())
    const now = performance.eventLoopUtilization()
    utilization(performance.eventLoopUtilization(now, loop).utilization)
    loop = now
    if (delay.count > 0) {
      delayP50(seconds(delay.percentile(50)))
      delayP99(seconds(delay.percentile(99)))
      delayMax(seconds(delay.max))
      delay.reset()
    }
    heapLimit(getHeapStatistics().heap_size_limit)
    for (const space of getHeapSpaceStatistics()) heapUsed(space.space_used_size, space.space_name)
  }
  const end = () => {
    observer.disconnect()
    delay.disable()
  }
  return { read, end }
}
