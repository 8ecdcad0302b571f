/** Numbers as reports show them. */

/** A number with six digits. */
export const short = (value: number): string => rounded(value, 6);

function rounded(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? "-0" : Number(value.toPrecision(digits)).toString();
}

/** Numbers that are compared: with as many digits as it takes to see that they differ, if they do. */
export function apart(...values: readonly number[]): string[] {
  const distinct = new Set(values).size;
  let shown = values.map(short);
  for (let digits = 7; digits <= 17 && new Set(shown).size < distinct; digits++) {
    shown = values.map((value) => rounded(value, digits));
  }
  return shown;
}
