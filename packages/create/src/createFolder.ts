/** Copies a template into a new folder and gives it the folder's name. */
import { cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises"
import { basename, join, resolve } from "node:path"

/** Nothing was made, and why; the message is for the person who asked. */
export class NotCreated extends Error {
  override readonly name = "NotCreated"
}

/** A name that npm takes for a package: lower case, with what it doesn't allow replaced. */
export const packageName = (folder: string): string =>
  basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|[._-]+$/g, "")
    .slice(0, 214) || "galaxy"

const entriesOf = async (folder: string): Promise<ReadonlyArray<string>> => {
  try {
    return await readdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT") return []
    throw new NotCreated(code === "ENOTDIR" ? `${folder} is a file.` : `${folder} can't be read (${code}).`)
  }
}

/**
 * Makes `folder` from the files in `template`. A folder that has anything in it but `.git` is left alone: `NotCreated`.
 */
export const createFolder = async (template: string, folder: string): Promise<void> => {
  const there = (await entriesOf(folder)).filter((name) => name !== ".git")
  if (there.length > 0) throw new NotCreated(`${folder} isn't empty: it has ${there.slice(0, 3).join(", ")}.`)
  await mkdir(folder, { recursive: true })
  await cp(template, folder, { recursive: true, force: false })
  // npm leaves out files of this name when it packs.
  if ((await entriesOf(folder)).includes("gitignore"))
    await rename(join(folder, "gitignore"), join(folder, ".gitignore"))
  const file = join(folder, "package.json")
  if (!(await entriesOf(folder)).includes("package.json")) return
  const manifest = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>
  await writeFile(file, `${JSON.stringify({ ...manifest, name: packageName(folder) }, null, 2)}\n`)
}
