/** What is thrown, for tests that hold the whole text of an error. */

/** The message of what `fn` throws. @throws Error when nothing is thrown */
export function messageOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}
