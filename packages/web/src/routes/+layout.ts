/** Every page is made in the browser: what it shows is signed for one session. */
import { ready } from "../lib/app.svelte.ts"
import type { LayoutLoad } from "./$types"

export const ssr = false
export const prerender = false

/** No page is shown before it is known who looks at it, and its words are there in their language. */
export const load: LayoutLoad = async ({ route }) => ({ isLoaded: await ready(route.id) })
