import { expect, it } from "vitest";
import { complementaryErrorFunction, errorFunction, normalDistribution } from "./error-function.ts";

it("agrees with the C library's erf to a few units in the last place, on both sides of 0", () => {
  const table = [
    [0.0, 0.0],
    [1e-300, 1.1283791670955126e-300],
    [1e-8, 1.1283791670955126e-8],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.5, 0.9661051464753108],
    [2, 0.9953222650189527],
    [2.4999, 0.9995928300996666],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [4, 0.9999999845827421],
    [5, 0.9999999999984626],
    [5.9, 0.9999999999999999],
    [6, 1.0],
    [30, 1.0],
  ];
  for (const [x, y] of table) {
    // Up to 4 units in the last place by the kernel, and one by the C library's.
    expect(Math.abs(errorFunction(x) - y)).toBeLessThanOrEqual(10 * 2 ** -53 * y);
    expect(errorFunction(-x)).toBe(-errorFunction(x));
  }
  expect(errorFunction(Number.NaN)).toBeNaN();
});

it("the complement and the normal distribution have all digits of their tails, until they underflow", () => {
  // x, erfc x and Φ(−x) by mpmath with 50 digits.
  const table = [
    [-3, 1.9999779095030015, 0.9986501019683699],
    [0.25, 0.7236736098317631, 0.4012936743170763],
    [0.5, 0.4795001221869535, 0.3085375387259869],
    [1, 0.15729920705028513, 0.15865525393145705],
    [2, 0.004677734981047266, 0.02275013194817921],
    [5, 1.537459794428035e-12, 2.866515718791939e-7],
    [10, 2.088487583762545e-45, 7.619853024160525e-24],
    [20, 5.395865611607901e-176, 2.7536241186062337e-89],
    [26, 5.663192408856143e-296, 2.4760633155033892e-149],
  ];
  for (const [x, complement, below] of table) {
    // 8 units in the last place, as the functions say of themselves.
    expect(Math.abs(complementaryErrorFunction(x) / complement - 1)).toBeLessThanOrEqual(8 * 2 ** -52);
    expect(Math.abs(normalDistribution(-x) / below - 1)).toBeLessThanOrEqual(8 * 2 ** -52);
  }
  expect([30, Number.POSITIVE_INFINITY].map(complementaryErrorFunction)).toEqual([0, 0]);
  expect([-40, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map(normalDistribution)).toEqual([0, 0, 1]);
  expect([complementaryErrorFunction(Number.NEGATIVE_INFINITY), complementaryErrorFunction(Number.NaN)]).toEqual([
    2,
    Number.NaN,
  ]);
});
