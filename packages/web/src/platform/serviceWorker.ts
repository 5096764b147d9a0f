/** Starts the service worker, which opens the program without a network. */

interface TrustedTypes {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (url: string) => string }
  ) => { readonly createScriptURL: (url: string) => string }
}

const script = "/service-worker.js"

/** The page's policy takes no plain string as the address of a worker. */
const trusted = (): string => {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy("galaxy-worker", { createScriptURL: () => script })
  return policy?.createScriptURL(script) ?? script
}

/**
 * Registers it once the page is shown, so that it takes nothing from the first screen. A browser without service workers,
 * or one that refuses them, does without.
 */
export const startServiceWorker = (): void => {
  if (!("serviceWorker" in navigator)) return
  const register = () =>
    void navigator.serviceWorker.register(trusted(), { updateViaCache: "none" }).catch(() => undefined)
  if (document.readyState === "complete") register()
  else addEventListener("load", register, { once: true })
}
