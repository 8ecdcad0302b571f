/** When to draw again: on a slow machine less often than there are frames, so that the page answers at once. */

/** Milliseconds of rest for each millisecond of drawing: drawing takes half of the time at most. */
const rest = 1;

/** The pace of drawings that take different times. */
export class DrawingPace {
  private next = Number.NEGATIVE_INFINITY;

  /** Whether there has been rest enough since the last drawing. */
  isDue(now: number): boolean {
    return now >= this.next;
  }

  /** A drawing that ended at `now` took so many milliseconds. */
  took(milliseconds: number, now: number): void {
    this.next = now + rest * milliseconds;
  }
}
