/**
 * The OpenAPI document as a page that people read: rendered on the server, without scripts, and complete in itself.
 */
import type { OpenApiDocument, Operation } from "@galaxy/contract/openapi/OpenApiDocument"
import { escaped as escapedText } from "../shared/html.ts"

type Json = Readonly<Record<string, unknown>>

/** Comments have code between backticks. */
const escaped = (text: string): string => escapedText(text).replace(/`([^`]*)`/g, "<code>$1</code>")

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const link = (ref: string): string => {
  const name = ref.split("/").at(-1) ?? ""
  return `<a href="#${escaped(name)}">${escaped(name)}</a>`
}

const bounds = (schema: Json): string => {
  const all = Array.isArray(schema["allOf"]) ? schema["allOf"].filter(isObject) : []
  const found: Json = Object.assign({}, schema, ...all) as Json
  const shown = [
    ["minLength", "at least", " characters"],
    ["maxLength", "at most", " characters"],
    ["minimum", "from", ""],
    ["maximum", "to", ""],
    ["maxItems", "at most", " items"],
    ["pattern", "like", ""]
  ] as const
  return shown
    .flatMap(([key, before, after]) =>
      typeof found[key] !== "string" && typeof found[key] !== "number" ? [] : [`${before} ${found[key]}${after}`]
    )
    .join(", ")
}

/** What a value looks like, in a line. */
const typeOf = (schema: unknown): string => {
  if (!isObject(schema)) return "any JSON"
  if (typeof schema["$ref"] === "string") return link(schema["$ref"])
  const choices = schema["anyOf"] ?? schema["oneOf"]
  if (Array.isArray(choices)) return choices.map(typeOf).join(" or ")
  if (Array.isArray(schema["enum"])) {
    return schema["enum"].map((it) => `<code>${escaped(JSON.stringify(it))}</code>`).join(" or ")
  }
  if (schema["type"] === "array") return `list of ${typeOf(schema["items"])}`
  if (schema["type"] === "object") {
    return isObject(schema["properties"]) && Object.keys(schema["properties"]).length > 0
      ? fields(schema)
      : "any JSON object"
  }
  const type = typeof schema["type"] === "string" ? schema["type"] : "any JSON"
  const format = typeof schema["format"] === "string" ? ` (${escaped(schema["format"])})` : ""
  const limits = bounds(schema)
  return `${escaped(type)}${format}${limits === "" ? "" : `, <small>${escaped(limits)}</small>`}`
}

const row = (name: string, isRequired: boolean, schema: unknown, about: string): string =>
  `<tr><td><code>${escaped(name)}</code>${isRequired ? "" : " <small>optional</small>"}</td><td>${typeOf(schema)}</td><td>${escaped(about)}</td></tr>`

const fields = (schema: Json): string => {
  const required = Array.isArray(schema["required"]) ? schema["required"] : []
  const properties = isObject(schema["properties"]) ? Object.entries(schema["properties"]) : []
  const rows = properties.map(([name, inner]) => {
    const about = isObject(inner) && typeof inner["description"] === "string" ? inner["description"] : ""
    return row(name, required.includes(name), inner, about)
  })
  return `<table>${rows.join("")}</table>`
}

const contentOf = (holder: unknown): unknown => {
  const content = isObject(holder) ? holder["content"] : undefined
  const first = isObject(content) ? Object.values(content)[0] : undefined
  return isObject(first) ? first["schema"] : undefined
}

const operation = (method: string, path: string, it: Operation): string => {
  const parameters = it.parameters.map((one) => row(one.name, one.required, one.schema, `in the ${one.in}`))
  const body = it.requestBody
  const answers = Object.entries(it.responses).filter(([status]) => status < "400")
  const failures = Object.keys(it.responses).filter((status) => status >= "400")
  return `<details id="${escaped(it.operationId)}"><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code> ${escaped(it.summary)}</summary>
${it.description === undefined ? "" : `<p>${escaped(it.description)}</p>`}
${parameters.length === 0 ? "" : `<h4>Parameters</h4><table>${parameters.join("")}</table>`}
${body === undefined ? "" : `<h4>Body${body.required ? "" : " (optional)"}</h4>${typeOf(contentOf(body))}`}
${answers.map(([status, answer]) => `<h4>Answer ${escaped(status)}</h4>${contentOf(answer) === undefined ? "empty" : typeOf(contentOf(answer))}`).join("")}
<p><small>Errors: ${failures.map((status) => `<a href="#Error${status}">${status}</a>`).join(" ")}</small></p></details>`
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem;color-scheme:light dark}
code{font-family:ui-monospace,monospace}table{border-collapse:collapse;margin:.3rem 0}td{border:1px solid #8886;padding:.2rem .5rem;vertical-align:top}
details{border:1px solid #8886;border-radius:.4rem;margin:.4rem 0;padding:.4rem .8rem}summary{cursor:pointer;overflow-wrap:anywhere}h4{margin:.6rem 0 .2rem}:target{outline:2px solid}`

/** Renders the page. */
export const render = (document: OpenApiDocument): string => {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, it]) => ({ path, method, it }))
  )
  const sections = document.tags.map(({ name, description }) => {
    const mine = all.filter(({ it }) => it.tags.includes(name))
    return `<section><h2 id="${escaped(name)}">${escaped(name)}</h2><p>${escaped(description)}</p>${mine.map(({ method, path, it }) => operation(method, path, it)).join("\n")}</section>`
  })
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) =>
      `<h3 id="${escaped(name)}">${escaped(name)}</h3><p>${escaped(typeof schema["description"] === "string" ? schema["description"] : "")}</p>${typeOf(schema)}`
  )
  const errors = Object.entries(document.components.responses).map(
    ([name, response]) => `<h3 id="${escaped(name)}">${escaped(name)}</h3>${typeOf(contentOf(response))}`
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(document.info.title)}</title><style>${style}</style></head><body><main>
<h1>${escaped(document.info.title)} <small>${escaped(document.info.version)}</small></h1><p>${escaped(document.info.description)}</p>
<p>As OpenAPI 3.1: <a href="/openapi.json">/openapi.json</a>. Go to ${[...document.tags.map(({ name }) => name), "Schemas", "Errors"].map((it) => `<a href="#${it}">${it}</a>`).join(", ")}.</p>
${sections.join("\n")}
<section><h2 id="Schemas">Schemas</h2>${schemas.join("\n")}</section><section><h2 id="Errors">Errors</h2>${errors.join("\n")}</section>
</main></body></html>`
}
