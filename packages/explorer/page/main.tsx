/** The start of the page: reads the graph that was put into it, and the state from the address. */
import { effect } from "@preact/signals";
import { render } from "preact";
import type { Lesson } from "../src/lesson.ts";
import { followAddress } from "./state/address.ts";
import { problem, titleShown } from "./state/document.ts";
import { applyFragment, fragmentOf } from "./state/fragment.ts";
import { lessonNames } from "./state/lesson.ts";
import { followPreferences, isEmbedded, isOfTraining, remember, remembered } from "./state/settings.ts";
import { stepState } from "./state/stepping.ts";
import { drawing, fits, layOut } from "./state/view.ts";
import { windows } from "./state/windows.ts";
import { App } from "./view/app.tsx";
import { camera, view } from "./view/canvas/camera.ts";
import { dialog } from "./view/dialogs.ts";
import { openJson } from "./view/files/open-file.ts";
import { exported } from "./view/files/save.ts";
import { onPageKey } from "./view/keyboard.ts";

/** For programs that drive the page, tests among them: what is drawn, and where. */
declare global {
  interface Window {
    explorer: {
      readonly drawing: typeof drawing;
      readonly view: typeof view;
      readonly camera: typeof camera;
      readonly exported: typeof exported;
      readonly step: typeof stepState;
    };
  }
}

/** What is in the page. */
interface Content {
  readonly graph: unknown;
  readonly title: string;
  readonly lesson?: Lesson;
  /** Whether a training has put it there. */
  readonly isTraining?: boolean;
}

async function start(): Promise<void> {
  window.explorer = { drawing, view, camera, exported, step: stepState };
  followPreferences();
  effect(() => {
    if (titleShown.value !== "") document.title = titleShown.value;
  });
  // Who asks for the windows, by a button or an address, gets their dialog; whichever way a dialog ends, it is over.
  effect(() => {
    if (windows.value !== null) dialog.value = "windows";
    else if (dialog.peek() === "windows") dialog.value = null;
  });
  let last = dialog.value;
  effect(() => {
    if (dialog.value !== "windows") windows.value = null;
    if (last === "tour" && dialog.value !== "tour") remember("tour", "seen");
    last = dialog.value;
  });
  // Names of another language need boxes of other sizes.
  effect(() => {
    lessonNames.value;
    if (drawing.peek() === null) return;
    void layOut().then((isOther) => {
      if (isOther) fits.value++;
    });
  });
  render(<App />, document.getElementById("app") as HTMLElement);
  document.addEventListener("keydown", onPageKey);
  const content = document.getElementById("content")?.textContent ?? "";
  const fragment = location.hash;
  if (content.trim() !== "") {
    const { graph, title, lesson: given, isTraining = false } = JSON.parse(content) as Content;
    isOfTraining.value = isTraining && window.opener !== null;
    try {
      await openJson(graph, title, fragment, given ?? null);
    } catch (error) {
      problem.value = (error as Error).message;
    }
  } else await applyFragment(fragment);
  followAddress(fragmentOf, (given) => void applyFragment(given));
  // Browsers may keep notes for each file by itself, or none: addresses of other pages say that the reader has come from one.
  const isNew = remembered("tour") === null && new URLSearchParams(fragment.slice(1)).get("tour") !== "0";
  if (isNew && drawing.value !== null && dialog.value === null && !isEmbedded.value) dialog.value = "tour";
  document.documentElement.dataset.ready = "true";
}

void start();
