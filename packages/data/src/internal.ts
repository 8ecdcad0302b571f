/** What the packages of this library share of the readers of files: names only. Not for programs. */

export { type FetchedFiles, fetchMnist } from "./datasets/mnist.ts";
export { mnistSources } from "./datasets/mnist-sources.ts";
export { defaultCacheDir } from "./download/cache.ts";
export { checkBytes, dataName } from "./formats/bytes.ts";
export { fileElements, swapToMachine } from "./formats/elements.ts";
export { type FormatSource, formatError, grouped, hex } from "./formats/format-error.ts";
export { otherFormat, otherZip } from "./formats/other-formats.ts";
export { zipNames } from "./formats/zip.ts";
export { checkEncoding } from "./tables/encode-table.ts";
export { missingStrings, numberOf, takeTableRows } from "./tables/table.ts";
