/** The contents of @adjoint/data/files, for the packages here that read and write files: names only. */
export { type FolderLock, lockFolder, lockName } from "./lock.ts";
export { type LogFile, openLog } from "./log-file.ts";
export { readWhole } from "./read-whole.ts";
export { isSameFile, makeFolder, type NewFile, tryToWrite, writeTogether, writeWhole } from "./write-whole.ts";
