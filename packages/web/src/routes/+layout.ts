/** Every page is made in the browser: what it shows is signed for one session. */
import { started } from "../lib/app.svelte.ts"

export const ssr = false
export const prerender = false

/** No page is shown before it is known who looks at it, and in which language. */
export const load = async (): Promise<void> => {
  await started
}
