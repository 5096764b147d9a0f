/**
 * The HTML form of a letter: one column, nothing loaded from anywhere, light or dark as the reader's program is.
 *
 * Styles stand at the elements, since many programs drop style sheets; the sheet only adds the dark colours.
 */
import { escaped } from "../shared/html.ts"
import type { Paragraph } from "./MailWords.ts"

/** The parts of a page. All texts are plain and are escaped here. */
export interface PageParts {
  /** BCP 47 tag of the words. */
  readonly language: string
  readonly title: string
  readonly paragraphs: ReadonlyArray<Paragraph>
  readonly foot: string
  readonly link: { readonly text: string; readonly url: string } | undefined
}

/** A time stays on one line. */
const unbroken = (html: string): string =>
  html.replaceAll(/\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC/g, '<span style="white-space:nowrap">$&</span>')

const font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

const paragraph = (it: Paragraph): string =>
  typeof it === "string"
    ? `<p class="ink" style="margin:0 0 16px;font-size:16px;line-height:1.5;color:#1c2330;overflow-wrap:anywhere">${unbroken(escaped(it))}</p>`
    : `<p class="code" style="margin:8px 0 24px;padding:16px;border-radius:8px;background:#eef1f6;color:#1c2330;text-align:center;font:600 28px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px">${escaped(it.code)}</p>`

const footer = ({ foot, link }: PageParts): string => {
  const stop =
    link === undefined
      ? ""
      : `<br><a class="dim" href="${escaped(link.url)}" style="color:#5b6472">${escaped(link.text)}</a>`
  return `<p class="dim" style="margin:0;font-size:13px;line-height:1.5;color:#5b6472">${escaped(foot)}${stop}</p>`
}

/** The whole document. */
export const page = (parts: PageParts): string => `<!doctype html>
<html lang="${escaped(parts.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(parts.title)}</title>
<style>
@media (prefers-color-scheme: dark) {
.ground { background: #11151c !important }
.card { background: #1b212b !important; border-color: #303846 !important }
.ink { color: #e7ebf2 !important }
.dim { color: #9aa4b3 !important }
.code { background: #0d1117 !important; color: #e7ebf2 !important }
}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:#f2f4f8">
<div class="ground" style="padding:24px 12px;background:#f2f4f8;${font}">
<div style="max-width:560px;margin:0 auto">
<p class="dim" style="margin:0 0 12px;font-size:13px;letter-spacing:3px;text-transform:uppercase;color:#5b6472">Galaxy</p>
<div class="card" style="padding:28px 24px 12px;border:1px solid #dfe4ec;border-radius:12px;background:#ffffff">
<h1 class="ink" style="margin:0 0 16px;font-size:21px;line-height:1.3;font-weight:600;color:#1c2330;overflow-wrap:anywhere">${escaped(parts.title)}</h1>
${parts.paragraphs.map(paragraph).join("\n")}
</div>
<div style="padding:16px 4px 0">
${footer(parts)}
</div>
</div>
</div>
</body>
</html>
`
