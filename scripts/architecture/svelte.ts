/** The scripts inside a Svelte component, as modules of their own whose lines are those of the component. */

/** One text for each `<script>`: all that isn't in it is blank, so that places in it are places in the file. */
export const scriptsOf = (source: string): ReadonlyArray<string> =>
  Array.from(source.matchAll(/<script\b[^>]*>([^]*?)<\/script>/g), (found) => {
    const [whole, script = ""] = found
    const start = found.index + whole.indexOf(">") + 1
    return source.slice(0, start).replaceAll(/[^\n]/g, " ") + script
  })
