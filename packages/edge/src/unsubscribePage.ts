/**
 * What a player sees who follows the link in a mail: a page with one button, and what came of pressing it.
 *
 * Following the link stops nothing by itself, since programs that check mails follow links too. Only the button does, or
 * the mail program's own button, which sends the same request.
 */
import { HttpServerResponse } from "effect/http"

const words = {
  en: {
    ask: "No more mails of this kind?",
    button: "Stop these mails",
    done: "You won't get mails of this kind any more.",
    back: "You can switch them on again in the settings of your account.",
    invalid: "This link is incomplete or was changed. Copy it from the mail as a whole.",
    later: "This can't be done at present. Please try again in a few minutes."
  },
  ru: {
    ask: "Больше не присылать такие письма?",
    button: "Не присылать",
    done: "Такие письма больше не будут приходить.",
    back: "Включить их снова можно в настройках учётной записи.",
    invalid: "Ссылка неполная или изменена. Скопируйте её из письма целиком.",
    later: "Сейчас это не получается. Попробуйте ещё раз через несколько минут."
  }
} as const

type Language = keyof typeof words

/** The language that the reader's browser prefers, of those that pages are written in. */
const languageOf = (acceptLanguage: string | undefined): Language => {
  const first = (acceptLanguage ?? "").split(",")[0]?.trim().slice(0, 2).toLowerCase()
  return first === "ru" ? "ru" : "en"
}

const page = (language: Language, body: string, status: number) =>
  HttpServerResponse.text(
    `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Galaxy</title>
<style>
:root { color-scheme: light dark }
body { margin: 0; font: 17px/1.5 system-ui, sans-serif; background: light-dark(#f2f4f8, #11151c); color: light-dark(#1c2330, #e7ebf2) }
main { max-width: 30rem; margin: 12vh auto 0; padding: 0 1rem; text-align: center }
h1 { font-size: 1.4rem; line-height: 1.3 }
button { font: inherit; padding: .7em 1.4em; border: 0; border-radius: .5em; background: #2456c9; color: #fff; cursor: pointer }
button:hover, button:focus-visible { background: #1b449f }
</style>
</head>
<body><main>
${body}
</main></body>
</html>
`,
    {
      status,
      contentType: "text/html; charset=utf-8",
      headers: {
        "cache-control": "no-store",
        "content-security-policy":
          "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex"
      }
    }
  )

/** The page behind the link. Its form posts to its own address, token and all. */
export const ask = (acceptLanguage: string | undefined) => {
  const language = languageOf(acceptLanguage)
  const { button, ask: title } = words[language]
  return page(language, `<h1>${title}</h1>\n<form method="post"><button>${button}</button></form>`, 200)
}

/** What came of it, for a status of the backend. */
export const outcome = (acceptLanguage: string | undefined, status: number) => {
  const language = languageOf(acceptLanguage)
  const { back, done, invalid, later } = words[language]
  if (status === 200) return page(language, `<h1>${done}</h1>\n<p>${back}</p>`, status)
  return page(language, `<p>${status < 500 && status !== 429 ? invalid : later}</p>`, status)
}

/** Whether the caller is a browser, which shows a page, rather than a program, which reads JSON. */
export const wantsPage = (accept: string | undefined): boolean => /\btext\/html\b/i.test(accept ?? "")
