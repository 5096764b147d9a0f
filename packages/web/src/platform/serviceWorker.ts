/** Starts the service worker, which opens the program without a network. */
import { scriptAddress } from "./scriptAddress.ts"
import { whenLoaded } from "./whenLoaded.ts"

/** Registers it once the page is shown. A browser without service workers, or one that refuses them, does without. */
export const startServiceWorker = (): void => {
  if (!("serviceWorker" in navigator)) return
  whenLoaded(() => {
    void navigator.serviceWorker
      .register(scriptAddress("/service-worker.js"), { updateViaCache: "none" })
      .catch(() => undefined)
  })
}
