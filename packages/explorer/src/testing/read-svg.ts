/** Reading SVG in tests: a strict XML parser, so that what is not well formed throws. */
import { SaxesParser } from "saxes";

/** An element with its attributes, the text in it (without that of inner elements) and its children. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** The root of an XML document. Throws when the document is not well formed. */
export function readSvg(svg: string): Element {
  const parser = new SaxesParser();
  const document: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [document];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: Element = { name, attributes: attributes as Record<string, string>, children: [], text: "" };
    open[open.length - 1].children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    open[open.length - 1].text += text;
  });
  parser.on("closetag", () => {
    open.pop();
  });
  parser.write(svg).close();
  return document.children[0];
}

/** The element and all elements in it, in the order of the document. */
export function allElements(element: Element): Element[] {
  return [element, ...element.children.flatMap(allElements)];
}

/** The text of every `<text>` element. */
export function textsOf(svg: string): string[] {
  return allElements(readSvg(svg))
    .filter((element) => element.name === "text")
    .map((element) => element.text);
}

/** The boxes of a drawing, by their keys: `n0` for a node. */
export function boxesOf(svg: string): string[] {
  return groupsOf(svg, "node").map(({ attributes }) => attributes["data-key"]);
}

/** The edges that the arrows of a drawing stand for: `n0->n1`. */
export function edgesOf(svg: string): string[] {
  return groupsOf(svg, "edge").flatMap(({ attributes }) => attributes["data-edges"].split(" "));
}

/** The groups of a class. */
export function groupsOf(svg: string, kind: "node" | "edge" | "cluster"): Element[] {
  return allElements(readSvg(svg)).filter(
    ({ name, attributes }) => name === "g" && attributes.class?.split(" ")[0] === kind,
  );
}
