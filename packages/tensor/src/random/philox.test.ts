import { expect, it } from "vitest";
import { philox } from "./philox.ts";

function block(counter: readonly number[], key: readonly number[]): string {
  const words = new Uint32Array(4);
  philox(words, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return Array.from(words, (w) => w.toString(16).padStart(8, "0")).join(" ");
}

it("gives the published known answers of Philox4x32-10", () => {
  const all = 0xffffffff;
  expect(block([0, 0, 0, 0], [0, 0])).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  expect(block([all, all, all, all], [all, all])).toBe("408f276d 41c83b0e a20bc7c6 6d5451fd");
  expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toBe(
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  );
});
