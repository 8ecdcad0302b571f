/** How much a compressed file may become: a small one may say that it holds more than any memory. */
import { SpecError } from "@adjoint/tensor";

/** How long a file may get by unpacking where nothing else is said: 512 MiB. */
export const mostUnpacked: number = 2 ** 29;

/** Most bytes that deflate makes of one: 258 of two bits, and a little more at the ends. */
export const mostOfOne = 1032;

/** What to do about a file that is damaged. */
export const again = "Copy or download the file again.";

/** @throws SpecError unless `maxBytes` is a number above 0 */
export function checkMaxBytes(op: string, maxBytes: unknown): void {
  if (typeof maxBytes === "number" && maxBytes > 0) return;
  throw SpecError.of(op, "maxBytes", maxBytes, "a number of bytes above 0", {
    hint: "Leave it out for 2^29; Infinity is no limit.",
  });
}
