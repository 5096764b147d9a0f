/** What begins with the program, before its first screen. */
import { dropOldDrafts } from "./platform/oldDrafts.ts"
import { startServiceWorker } from "./platform/serviceWorker.ts"
import { whenLoaded } from "./platform/whenLoaded.ts"

export const init = (): void => {
  startServiceWorker()
  // A storage that fails has kept nothing, or is asked again with the next start.
  whenLoaded(() => void dropOldDrafts().catch(() => undefined))
}
