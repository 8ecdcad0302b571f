/** What the packages of this library share of models and their reports: names only. Not for programs. */
export { type Column, renderTable } from "./table.ts";
