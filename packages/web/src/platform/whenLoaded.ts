/** Does something once the page is shown, so that it takes nothing from the first screen. */
export const whenLoaded = (run: () => void): void => {
  if (document.readyState === "complete") run()
  else addEventListener("load", run, { once: true })
}
