/** Web Locks, BroadcastChannel and the visibility of a page, as the ports of the event stream. */
import type { TabChannel, TabLock, TabSight } from "../core/events/ports.ts"

/** A lock of this name over all tabs. */
export const tabLock = (name: string): TabLock => ({
  hold: async ({ steal, signal, run }) => {
    const lost = new AbortController()
    try {
      await navigator.locks.request(name, steal ? { steal: true } : { signal }, () => run(lost.signal))
    } catch (error) {
      // A stolen lock and an abandoned wait both end so.
      if (!(error instanceof DOMException) || error.name !== "AbortError") throw error
      lost.abort()
      if (signal.aborted) throw error
    }
  }
})

/** A channel of this name between tabs. */
export const tabChannel = <M>(name: string): TabChannel<M> => {
  const channel = new BroadcastChannel(name)
  let closed = false
  return {
    // What ends at the same time may still have something to say.
    post: (message) => (closed ? undefined : channel.postMessage(message)),
    listen: (run) => {
      const hear = (event: MessageEvent<M>) => run(event.data)
      channel.addEventListener("message", hear)
      return () => channel.removeEventListener("message", hear)
    },
    close: () => {
      closed = true
      channel.close()
    }
  }
}

export const tabSight: TabSight = {
  visible: () => document.visibilityState === "visible",
  online: () => navigator.onLine,
  onWake: (run) => {
    const wake = () => {
      if (document.visibilityState === "visible") run()
    }
    document.addEventListener("visibilitychange", wake)
    addEventListener("online", wake)
    addEventListener("pageshow", wake)
    return () => {
      document.removeEventListener("visibilitychange", wake)
      removeEventListener("online", wake)
      removeEventListener("pageshow", wake)
    }
  }
}
