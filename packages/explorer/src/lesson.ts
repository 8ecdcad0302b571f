/** The text that a page of a graph can come with: what there is to see, what to try, and the way to other pages. */
import { checkKind, checkOptions, SpecError } from "@adjoint/tensor";

/** The words of a lesson in one language. */
export interface LessonWords {
  /** The title of the page. */
  readonly title: string;
  /** A paragraph: what the graph shows, and why it matters. */
  readonly text: string;
  /** What the links of the lesson are called, in their order. */
  readonly tries: readonly string[];
  /** What values are called in this language, by the names that they have in the graph: `{ apple: "사과" }`. */
  readonly names?: Readonly<Record<string, string>>;
}

/** A lesson beside a graph. */
export interface Lesson {
  readonly en: LessonWords;
  readonly ko?: LessonWords;
  /** Links into the page: fragments of its address, `#node=n0&edit=0.0:150`, as the page writes them itself. */
  readonly tries: readonly string[];
  /** What the page opens with, where its address does not say: a fragment as in `tries`. Default: the graph alone. */
  readonly opens?: string;
  /** The section of the book, such as "5.4.1". */
  readonly section?: string;
  /** Addresses of other pages, relative to this one. */
  readonly previous?: string;
  readonly next?: string;
  /** That of all pages: one for every language, or one for each. */
  readonly index?: IndexAddress;
}

/** What is the same in every language, or differs from one to the other. */
export type InLanguages = string | { readonly en: string; readonly ko: string };

/** The languages of pages. */
export type Language = keyof Exclude<InLanguages, string>;

/** The address of an overview of pages: one for every language, or one for each. */
export type IndexAddress = InLanguages;

/**
 * Refuses what is no lesson, before it is written into a page.
 * @throws SpecError for anything but a lesson: unknown fields, words that are no strings, links without a name
 */
export function checkLesson(op: string, lesson: Lesson | undefined): void {
  if (lesson === undefined) return;
  checkKind(op, "lesson", lesson, lesson !== null && typeof lesson === "object", "a lesson", "Pass { en, tries }.");
  checkOptions(op, lesson, ["en", "ko", "tries", "opens", "section", "previous", "next", "index"]);
  const words = [lesson.en, ...(lesson.ko === undefined ? [] : [lesson.ko])];
  const isComplete = words.every((one) => {
    const isText = typeof one?.title === "string" && typeof one.text === "string";
    const areNames = Object.values(one?.names ?? {}).every((name) => typeof name === "string");
    return isText && areNames && Array.isArray(one.tries) && one.tries.length === lesson.tries?.length;
  });
  const links = [...(isComplete ? lesson.tries : []), ...(lesson.opens === undefined ? [] : [lesson.opens])];
  if (isComplete && links.every((link) => typeof link === "string" && link.startsWith("#"))) return;
  throw SpecError.of(op, "lesson", lesson, '{ en: { title, text, tries }, tries: ["#…"] }', {
    problem: "the lesson is incomplete",
    hint: "Give title, text and a name for each link in every language; links begin with #.",
  });
}
