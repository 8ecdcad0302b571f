/** What the packages of this library share of the readers of files: names only. Not for programs. */

export { defaultCacheDir } from "./download/cache.ts";
export { type FormatSource, formatError, grouped, hex } from "./formats/format-error.ts";
