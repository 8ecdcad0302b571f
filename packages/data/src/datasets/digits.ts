/** The handwritten digits that come with this package: no file, no network, in Node and in browsers. */
import { checkInteger, checkOptions, Tensor } from "@adjoint/tensor";
import { rowMajor, takeRows } from "../samples/rows.ts";
import { splitRows } from "../samples/train-test-split.ts";
import { type Dataset, type ImageOptions, type LabelType, type Samples, toSamples } from "./dataset.ts";
import { digitCount, packedDigits } from "./digits.generated.ts";

/** Options of {@link loadDigits}. */
export interface DigitsOptions<OneHot extends boolean = boolean> extends ImageOptions<OneHot> {
  /** Number of digits in `test`, 1 … 1,796. Default 360. */
  readonly testSize?: number;
  /** Seed of the shuffle that decides which digits they are. Default 0. */
  readonly seed?: number;
}

const pixelsOfDigit = 64;

/** Labels, then pixels, as the generator script describes their code. */
function unpack(): { readonly labels: Uint8Array; readonly pixels: Uint8Array } {
  const bytes = Uint8Array.from(atob(packedDigits), (character) => character.charCodeAt(0));
  let at = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) value = (value << 1) | ((bytes[at >> 3] >> (7 - (at & 7))) & 1);
    return value;
  };
  const labels = Uint8Array.from({ length: digitCount }, () => bits(4));
  const pixels = Uint8Array.from({ length: digitCount * pixelsOfDigit }, () => (bits(1) === 0 ? 0 : bits(4) + 1));
  return { labels, pixels };
}

/** The unpacked digits, kept from the first call on. */
let unpacked: ReturnType<typeof unpack> | undefined;

/**
 * 1,797 real handwritten digits of 8 × 8 pixels in 17 shades (0 … 16), at once and offline.
 *
 * The file they come from is ordered by writer, so that its last part shows hands that the first part does not. Here
 * they are shuffled by `seed` and split so that each of the ten digits has its share in both parts (a stratified split,
 * see `trainTestSplit`): by default 1,437 to train and 360 to test, always the same ones in the same order.
 *
 * @param options  `normalize` (true): pixels / 16; `flatten` (true): [N, 64] instead of [N, 1, 8, 8]; `oneHotLabel`
 *                 (false): float32 [N, 10] instead of int32 [N]; `testSize` (360); `seed` (0)
 * @returns        `{ train: { x, t }, test: { x, t } }`, x in float32
 * @throws SpecError when an option is unknown or `testSize` is out of range
 * Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998,
 * https://doi.org/10.24432/C50P49, CC BY 4.0. The options are those of Deep Learning from Scratch, 3.6.1 (`load_mnist`).
 */
export function loadDigits<OneHot extends boolean = false>(
  options: DigitsOptions<OneHot> = {},
): Dataset<LabelType<OneHot>> {
  checkOptions("loadDigits", options, ["normalize", "flatten", "oneHotLabel", "testSize", "seed"]);
  const { testSize = 360, seed = 0 } = options;
  checkInteger("loadDigits", "testSize", testSize, 1, digitCount - 1);
  const { labels, pixels } = (unpacked ??= unpack());
  const images = new Tensor(Int32Array.from(pixels), [digitCount, pixelsOfDigit]);
  const split = splitRows(digitCount, testSize, seed, labels);
  const part = (rows: readonly number[]): Samples<LabelType<OneHot>> => {
    const own = rows.map((row) => labels[row]);
    return toSamples(rowMajor(takeRows(images, rows)), own, { height: 8, width: 8, largest: 16 }, options);
  };
  return { train: part(split.train), test: part(split.test) };
}
