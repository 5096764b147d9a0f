/**
 * The catcher's pages: plain HTML with one inline style sheet and no script.
 *
 * Everything from a mail is escaped, and the policy lets the browser load nothing else.
 */
import { createHash } from "node:crypto"
import { escaped } from "@galaxy/core/shared/html"
import type { CaughtMail } from "./CaughtMail.ts"

const style = `
:root { color-scheme: light dark; --back: #f4f5f7; --card: #fff; --ink: #1b1f27; --soft: #626b7a; --line: #dfe3e9;
  --mark: #4338ca; --mark-back: #eef0ff }
@media (prefers-color-scheme: dark) { :root { --back: #12151b; --card: #1b2029; --ink: #e8ebf1; --soft: #97a1b3;
  --line: #2c3340; --mark: #b4bcff; --mark-back: #262b4d } }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem }
header { margin-bottom: 1.25rem }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere }
p { margin: 0 }
.back { margin-bottom: .5rem }
.soft { color: var(--soft); font-size: .875rem }
a { color: var(--mark) }
ol { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: .6rem }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .9rem 1.1rem }
a.card { display: flex; align-items: center; gap: 1rem; justify-content: space-between; color: inherit; text-decoration: none }
a.card:hover, a.card:focus-visible { border-color: var(--mark) }
.what { min-width: 0; flex: 1 }
.what strong, .what span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.code { font: 600 1.35rem/1 ui-monospace, monospace; letter-spacing: .12em; color: var(--mark); background: var(--mark-back);
  border-radius: .5rem; padding: .5rem .6rem .5rem .7rem; user-select: all; flex: none }
.code.large { font-size: 2.25rem; display: inline-block; margin: .25rem 0 1rem }
.empty { text-align: center; padding: 3rem 1rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0; font-size: .875rem }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }
details { margin-top: 1rem }
details pre { font: .8125rem/1.5 ui-monospace, monospace; margin-top: .5rem }
`

/** The `Content-Security-Policy` of every page: nothing but the style sheet, by its hash. */
export const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'"
].join("; ")

const document = (title: string, refresh: boolean, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh ? '<meta http-equiv="refresh" content="3">\n' : ""}<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`

const pad = (value: number) => String(value).padStart(2, "0")

const time = (millis: number) => {
  const at = new Date(millis)
  const text = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`
  return `<time datetime="${at.toISOString()}">${text}</time>`
}

const titleOf = (mail: CaughtMail) => (mail.subject === "" ? "(no subject)" : mail.subject)

const item = (base: string) => (mail: CaughtMail) =>
  `<li><a class="card" href="${base}mails/${escaped(mail.id)}">
<span class="what"><strong>${escaped(titleOf(mail))}</strong><span class="soft">${escaped(mail.to.join(", "))}</span><span class="soft">${time(mail.receivedAt)}</span></span>
${mail.code === null ? "" : `<span class="code">${escaped(mail.code)}</span>`}
</a></li>`

/**
 * The list of mails; `to` filters it. `base` is the path below which this browser finds the pages, with a slash at both
 * ends.
 */
export const listPage = (base: string, mails: ReadonlyArray<CaughtMail>, to: string): string => {
  const about =
    to === ""
      ? "Mails that this machine would have sent, newest first. Nothing leaves it."
      : `To ${escaped(to)} · <a href="${base}">Show all</a>`
  const empty =
    '<div class="card empty"><p>No mail yet.</p><p class="soft">Ask for a sign-in code, and it appears here.</p></div>'
  // It has no field to type into, since the page reloads itself every few seconds.
  return document(
    mails.length === 0 ? "Galaxy mail" : `Galaxy mail (${mails.length})`,
    true,
    `<header><h1>Galaxy mail</h1><p class="soft">${about}</p></header>
${mails.length === 0 ? empty : `<ol>\n${mails.map(item(base)).join("\n")}\n</ol>`}`
  )
}

const recipient = (base: string) => (to: string) => `<a href="${base}?to=${encodeURIComponent(to)}">${escaped(to)}</a>`

/** One mail; its HTML is shown as source only. `base` is the same as for `listPage`. */
export const mailPage = (base: string, mail: CaughtMail): string =>
  document(
    titleOf(mail),
    false,
    `<p class="soft back"><a href="${base}">← All mails</a></p>
<header><h1>${escaped(titleOf(mail))}</h1></header>
<article class="card">
${mail.code === null ? "" : `<p><span class="code large">${escaped(mail.code)}</span></p>\n`}<pre>${escaped(mail.text === "" ? "(no text)" : mail.text)}</pre>
${mail.html === null ? "" : `<details><summary class="soft">HTML source</summary><pre>${escaped(mail.html)}</pre></details>`}
</article>
<dl><dt>To</dt><dd>${mail.to.map(recipient(base)).join(", ")}</dd><dt>From</dt><dd>${escaped(mail.from)}</dd><dt>Received</dt><dd>${time(mail.receivedAt)}</dd><dt>Message-ID</dt><dd>${escaped(mail.messageId)}</dd></dl>`
  )

/** An error, with a link back to the list where `base` is given. */
export const errorPage = (title: string, about: string, base?: string): string => {
  const back = base === undefined ? "" : `\n<p><a href="${base}">All mails</a></p>`
  return document(title, false, `<h1>${escaped(title)}</h1>\n<p class="soft">${escaped(about)}</p>${back}`)
}
