/** Numbers on the command line: parsers for commander. */
import { InvalidArgumentError } from "commander";

const numberThat =
  (fits: (value: number, text: string) => boolean, expected: string) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && fits(value, text)) return value;
    throw new InvalidArgumentError(`It must be ${expected}.`);
  };

/** A parser of integers from `least` on. */
export const wholeNumber = (least: number): ((text: string) => number) =>
  numberThat(
    (value, text) => /^\d+$/.test(text) && value >= least && Number.isSafeInteger(value),
    `an integer, ${least} or more`,
  );

export const positiveNumber = numberThat((value) => Number.isFinite(value) && value > 0, "a number above 0");

/** A parser of shares, 0 ≤ share < 1. */
export const share = numberThat((value) => value >= 0 && value < 1, "a number from 0 to below 1, such as 0.1");

export const properShare = numberThat((value) => value > 0 && value < 1, "a number between 0 and 1");
