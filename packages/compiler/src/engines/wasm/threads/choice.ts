/**
 * Whether it pays to share the work of a program: not where the other cores are busy, since a thread that has claimed a part
 * and has to wait for its turn keeps all others waiting. From time to time some runs are done the other way.
 */

/** Runs that are done the other way, one after the other. The first of them wakes the threads, and is not counted. */
const trials = 3;

/** Runs from one trial to the next: few at first and after a change, more as long as nothing changes. */
const [fewest, most] = [32, 512];

/** How much of an average the last run is: more in trials, which are rare. */
const [weight, trialWeight] = [1 / 16, 1 / 4];

/** The average time of runs, of which later ones count more. */
class Average {
  value = 0;
  private count = 0;

  add(time: number, share: number): void {
    this.count += 1;
    this.value += (time - this.value) * Math.max(share, 1 / this.count);
  }
}

/** Chooses for each run whether threads take part, by how long runs took. */
export class Choice {
  /** Whether threads take part in this run. */
  isShared = true;
  private readonly alone = new Average();
  private readonly shared = new Average();
  /** Runs until a trial begins; below 0 one is going on. */
  private left = fewest;
  private interval = fewest;
  private start = 0;

  /** A run begins. */
  begin(): void {
    this.start = performance.now();
  }

  /** A run has ended. */
  end(): void {
    const average = this.isShared ? this.shared : this.alone;
    // The first of a trial, and the first after it, find threads asleep or awake as the way before left them.
    const isCounted = this.left !== -1 && this.left !== this.interval;
    if (isCounted) average.add(performance.now() - this.start, this.left < 0 ? trialWeight : weight);
    this.left -= 1;
    if (this.left === -1) this.isShared = !this.isShared;
    if (this.left >= -trials) return;
    const isShared = this.shared.value < this.alone.value;
    this.interval = isShared === this.isShared ? fewest : Math.min(2 * this.interval, most);
    this.isShared = isShared;
    this.left = this.interval;
  }
}
