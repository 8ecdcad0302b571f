/** Writing generated files, and saying what became of them. */
import { readFileSync, writeFileSync } from "node:fs";

/** Writes a generated file, and says how long it is and whether it has changed. */
export function writeGenerated(file: URL, text: string): void {
  const before = (() => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return "";
    }
  })();
  writeFileSync(file, text);
  const name = file.pathname.slice(file.pathname.lastIndexOf("/src/") + 1);
  console.log(`${name}: ${text.length} characters${before === text ? ", unchanged" : ""}`);
}
