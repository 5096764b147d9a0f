/** Orders of a page, as a person writes them. */
import type { Page } from "playwright-core"

/** Replaces the list on the page of orders by this text. */
export const writeOrders = async (page: Page, text: string): Promise<void> => {
  await page.getByRole("button", { name: "Text", exact: true }).click()
  await page.getByRole("textbox", { name: "Orders as text" }).fill(text)
  await page.getByRole("button", { name: "Use this text" }).click()
}
