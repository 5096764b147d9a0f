/** The words of the order form, in every language. */
import { orderForm as en } from "./en/orderForm.ts"
import { orderForm as ru } from "./ru/orderForm.ts"
import type { Section } from "./Section.ts"
import type { Language } from "./Words.ts"

export const orderFormWords: Readonly<Record<Language, Section<typeof en>>> = { en, ru }
