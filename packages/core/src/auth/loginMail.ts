/** The mail that carries a login code, in the player's language. */
import { type Language, languageOf } from "../shared/mailLanguage.ts"

const texts = {
  en: (code: string, minutes: number) => ({
    subject: `${code} is your Galaxy code`,
    text: `Your code to sign in to Galaxy:\n\n    ${code}\n\nIt is valid for ${minutes} minutes and works once. If you didn't ask for it, ignore this mail.\n`
  }),
  ru: (code: string, minutes: number) => ({
    subject: `${code} — ваш код для Galaxy`,
    text: `Ваш код для входа в Galaxy:\n\n    ${code}\n\nОн действует ${minutes} минут и только один раз. Если вы его не запрашивали, не обращайте внимания на это письмо.\n`
  })
} as const satisfies Record<Language, unknown>

/** `language` is the reader's BCP 47 tag, `minutes` the code's lifetime. */
export const loginMail = (language: string, code: string, minutes: number) => texts[languageOf(language)](code, minutes)
