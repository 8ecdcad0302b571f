/**
 * What the command exits with, so that scripts can tell a result from a mistake. Beside these, a training that Ctrl-C
 * stopped exits with 130, as shells have it, and a closed pipe ends it with 141.
 */
export const exitCodes = {
  ok: 0,
  /** It did what it was asked to, and found something: wrong gradients, or a difference. */
  found: 1,
  /** It could not do it: a mistake in the arguments or a file, or a place that cannot be written to. */
  mistake: 2,
} as const;
