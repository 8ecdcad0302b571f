/** The start of the page: reads what was put into it, and the settings from the address. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { followAddress } from "../page/state/address.ts";
import { applyPreferences, followPreferences, keepPreferences } from "../page/state/preferences.ts";
import type { IndexAddress } from "../src/lesson.ts";
import type { TrainingRecord } from "../src/training/record.ts";
import {
  advance,
  applyFragment,
  fragment,
  iteration,
  latest,
  pause,
  play,
  recorded,
  restart,
  showReport,
  speed,
  stepGraph,
} from "./state/training.ts";
import { words } from "./state/words.ts";
import { App } from "./view/app.tsx";

/** What is in the page: a record, or the settings that it begins with. */
interface Content {
  readonly title: string;
  readonly record?: TrainingRecord;
  readonly settings?: string;
  readonly index?: IndexAddress;
}

/** For programs that drive the page, tests among them. */
declare global {
  interface Window {
    training: {
      readonly recorded: typeof recorded;
      readonly latest: typeof latest;
      readonly iteration: typeof iteration;
      readonly speed: typeof speed;
      readonly play: typeof play;
      readonly pause: typeof pause;
      readonly advance: typeof advance;
      readonly stepGraph: typeof stepGraph;
    };
  }
}

async function start(): Promise<void> {
  window.training = { recorded, latest, iteration, speed, play, pause, advance, stepGraph };
  const {
    title,
    record,
    settings = "",
    index,
  } = JSON.parse(document.getElementById("content")?.textContent ?? "{}") as Content;
  const given = location.hash.replace(/^#/, "");
  applyPreferences(new URLSearchParams(given));
  followPreferences();
  effect(() => {
    if (title === "") document.title = words.value.title;
  });
  if (record !== undefined) showReport(record);
  else applyFragment(given === "" ? settings : given);
  render(<App title={title} index={index} />, document.getElementById("app") as HTMLElement);
  if (record === undefined) {
    await restart();
    const addressed = (): string => {
      const params = new URLSearchParams(fragment.value);
      keepPreferences(params);
      return params.toString();
    };
    followAddress(addressed, (next) => {
      applyPreferences(new URLSearchParams(next.slice(1)));
      applyFragment(next);
      void restart();
    });
  }
  document.documentElement.dataset.ready = "true";
}

void start();
