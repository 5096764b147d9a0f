/** What begins with the program, before its first screen. */
import { startServiceWorker } from "./platform/serviceWorker.ts"

export const init = (): void => startServiceWorker()
