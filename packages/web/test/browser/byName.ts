/** Finding what a person would click, by what it says. */
import type { Locator, Page } from "playwright-core"

/** The first button or link whose whole name is this. */
export const byName = (page: Page, role: "button" | "link", name: string): Locator =>
  page.getByRole(role, { name, exact: true }).first()
