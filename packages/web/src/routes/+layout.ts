/** Every page is made in the browser: what it shows is signed for one session. */
export const ssr = false
export const prerender = false
