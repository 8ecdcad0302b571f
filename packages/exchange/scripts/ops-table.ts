/** Builds the table of ops in docs/onnx.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { withTable } from "../src/testing/ops-table.ts";

const page = new URL("../../../docs/onnx.md", import.meta.url);
writeFileSync(page, withTable(readFileSync(page, "utf8")));
