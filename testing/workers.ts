/**
 * Workers of pages for tests. Their answers come late, so that what a test reads without waiting is missing each time and
 * not by chance, and they are counted, so that a test can wait for all of them. So does what a page hears of a change of its
 * address, which browsers tell some time after a click on a link.
 */

/** A script that a page runs before its own. */
export const lateWorkers = `
  window.workers = { asked: 0, open: 0 };
  window.Worker = class extends Worker {
    open = 0;
    isEnded = false;
    constructor(...args) {
      super(...args);
      this.addEventListener("message", (event) => {
        if (event.isLate) return;
        event.stopImmediatePropagation();
        setTimeout(() => {
          if (this.isEnded) return;
          this.count(-1);
          this.dispatchEvent(Object.assign(new MessageEvent("message", { data: event.data }), { isLate: true }));
        }, 20);
      });
    }
    count(by) {
      this.open += by;
      window.workers.open += by;
    }
    // Each message has one answer.
    postMessage(...args) {
      super.postMessage(...args);
      if (this.isEnded) return;
      window.workers.asked++;
      this.count(1);
    }
    terminate() {
      super.terminate();
      this.count(-this.open);
      this.isEnded = true;
    }
  };
  let clicks = 0;
  addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (event.defaultPrevented || !link || link.hash === location.hash) return;
    clicks++;
    window.workers.open++;
  });
  addEventListener("hashchange", (event) => {
    if (event.isLate) return;
    event.stopImmediatePropagation();
    if (clicks > 0) clicks--;
    else window.workers.open++;
    setTimeout(() => {
      dispatchEvent(Object.assign(new HashChangeEvent("hashchange", event), { isLate: true }));
      window.workers.open--;
    }, 60);
  });`;

/**
 * To be evaluated in a page with late workers: waits until they have answered all that the page asks for, and it has drawn
 * that. A page asks, and follows changes of sizes, in the frame after a change or right after it, so that it has settled when
 * two frames pass in which nothing is open and nothing is asked, and nothing waits to be done after them: on a busy machine
 * frames may follow each other before what the first of them asks for.
 */
export const untilSettled = `(async () => {
  const { workers } = window;
  for (let isQuiet = false; !isQuiet; ) {
    const { asked, open } = workers;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
    await new Promise((done) => requestIdleCallback(done, { timeout: 1000 }));
    isQuiet = open === 0 && workers.asked === asked;
  }
})()`;
