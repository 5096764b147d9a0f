/** Name of the bundle's file of help pages, beside its modules. Sources have none: there the parser answers. */
export const pagesFile = "help.json"
