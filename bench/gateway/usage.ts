/** How a server of these measurements tells its port, and what it has used whenever it is asked. */

/** CPU microseconds and resident bytes of a process so far. */
export interface Usage {
  readonly cpuMicros: number
  /** The part of it that the event loop's own thread has used: collectors of garbage and the like have threads of their own. */
  readonly loopMicros: number
  readonly residentBytes: number
}

/** Tells the parent where this process listens, answers its questions, and ends with it. Asked for `gc`, it collects its garbage first. */
export const reportUsage = (port: number): void => {
  process.on("message", (question) => {
    if (question === "gc") globalThis.gc?.()
    else if (question !== "usage") return
    const { user, system } = process.cpuUsage()
    const loop = process.threadCpuUsage()
    const loopMicros = loop.user + loop.system
    process.send?.({ cpuMicros: user + system, loopMicros, residentBytes: process.memoryUsage().rss } satisfies Usage)
  })
  process.on("disconnect", () => process.exit())
  process.send?.({ port })
}
