/**
 * Writes src/datasets/digits.generated.ts from scikit-learn's digits.csv.gz (1,797 lines of 64 pixels, 0 … 16, and
 * a label, 0 … 9). Run: `pnpm exec tsx packages/data/scripts/embed-digits.ts path/to/digits.csv.gz`.
 *
 * Half of the pixels are 0, so each is written as a prefix code, most significant bit first: the bit 0 for the value
 * 0, the bit 1 and four bits of v − 1 for v = 1 … 16. That is within 3 % of the pixels' entropy, as small as deflate
 * makes them, and takes ten lines to read back. The labels come first, four bits each.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const source = process.argv[2];
if (source === undefined) throw new Error("usage: embed-digits.ts path/to/digits.csv.gz");

const rows = gunzipSync(readFileSync(source))
  .toString("ascii")
  .trim()
  .split("\n")
  .map((line) => line.split(",").map(Number));
for (const [i, row] of rows.entries()) {
  const whole = (value: number, largest: number) => Number.isInteger(value) && value >= 0 && value <= largest;
  if (row.length !== 65 || !row.slice(0, 64).every((v) => whole(v, 16)) || !whole(row[64], 9)) {
    throw new Error(`line ${i + 1} is not 64 pixels of 0 … 16 and a label of 0 … 9`);
  }
}

const bits: number[] = [];
const push = (value: number, count: number) => {
  for (let i = count - 1; i >= 0; i--) bits.push((value >> i) & 1);
};
for (const row of rows) push(row[64], 4);
for (const row of rows) for (const v of row.slice(0, 64)) v === 0 ? push(0, 1) : push(16 | (v - 1), 5);

const bytes = new Uint8Array(Math.ceil(bits.length / 8));
bits.forEach((bit, i) => {
  bytes[i >> 3] |= bit << (7 - (i & 7));
});
const lines = Buffer.from(bytes)
  .toString("base64")
  .match(/.{1,116}/g) as string[];

writeFileSync(
  new URL("../src/datasets/digits.generated.ts", import.meta.url),
  `/**
 * Handwritten digits, written by scripts/embed-digits.ts; do not edit. The code is described there.
 *
 * "Optical Recognition of Handwritten Digits" (the 1,797 digits of its test file), E. Alpaydin and C. Kaynak, 1998,
 * UCI Machine Learning Repository, https://doi.org/10.24432/C50P49. Licence: CC BY 4.0,
 * https://creativecommons.org/licenses/by/4.0/. Changes: packed into bits; no value was altered.
 */

/** Number of digits. */
export const digitCount = ${rows.length};

/** Labels and pixels in base64; line breaks mean nothing. */
export const packedDigits: string = \`
${lines.join("\n")}
\`;
`,
);
