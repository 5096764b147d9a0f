/** Where one is in the console, by the part of the address behind `#`, so that every place can be sent to a colleague. */
import { createSubscriber } from "svelte/reactivity"

const follow = createSubscriber((changed) => {
  addEventListener("hashchange", changed)
  return () => removeEventListener("hashchange", changed)
})

/** The parts of the place and its filters; followed by templates. */
export const place = (): { readonly parts: ReadonlyArray<string>; readonly query: URLSearchParams } => {
  follow()
  const [path = "", search = ""] = location.hash.replace(/^#\/?/, "").split("?")
  return { parts: path.split("/").filter((it) => it !== ""), query: new URLSearchParams(search) }
}

/** Changes one filter of the present place. */
export const filter = (name: string, value: string): void => {
  const { parts, query } = place()
  if (value === "") query.delete(name)
  else query.set(name, value)
  const search = query.toString()
  location.hash = `#/${parts.join("/")}${search === "" ? "" : `?${search}`}`
}
