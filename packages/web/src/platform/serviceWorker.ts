/** Starts the service worker, which opens the program without a network. */
import { scriptAddress } from "./scriptAddress.ts"

/**
 * Registers it once the page is shown, so that it takes nothing from the first screen. A browser without service workers,
 * or one that refuses them, does without.
 */
export const startServiceWorker = (): void => {
  if (!("serviceWorker" in navigator)) return
  const register = () =>
    void navigator.serviceWorker
      .register(scriptAddress("/service-worker.js"), { updateViaCache: "none" })
      .catch(() => undefined)
  if (document.readyState === "complete") register()
  else addEventListener("load", register, { once: true })
}
