/** Addresses of scripts that the page starts beside itself. Its policy takes no plain string as one. */

interface TrustedTypes {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (url: string) => string }
  ) => { readonly createScriptURL: (url: string) => string }
}

const isOurs = (address: string): boolean => {
  const { origin, pathname } = new URL(address, location.href)
  return origin === location.origin && (pathname === "/service-worker.js" || pathname.startsWith("/_app/immutable/"))
}

let made: ReturnType<TrustedTypes["createPolicy"]> | undefined

/** A policy's name can be taken once in a page. */
const policy = () => {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
  return (made ??= trustedTypes?.createPolicy("galaxy-worker", {
    createScriptURL: (address) => {
      if (isOurs(address)) return address
      throw new TypeError(`${address} is no script of this program`)
    }
  }))
}

/** The address as the page may start it: a script of this build, or the service worker. Throws for any other. */
export const scriptAddress = (address: string): string => policy()?.createScriptURL(address) ?? address
