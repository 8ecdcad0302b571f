/** A plugin for TypeDoc that reads docstrings as this project writes them. */
import { Comment, Converter, ReflectionKind } from "typedoc";

/** Begins what stands after the last tag and is none of its own, as in `Source: Deep Learning from Scratch, 5.6.` */
const remark = /\n\s*(?=(?:Source|Adjoint|Linear)\b)/g;

/**
 * Whether what a class or interface inherits stands nowhere else: it is of a base without a page, or picked from another.
 * Forms of specs have a page of their own.
 */
const isHidden = ({ reflection, name, package: source }) =>
  reflection === undefined && name !== "OptionsOf" && (source !== "typescript" || name === "Pick");

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of Object.values(project.reflections)) {
      const { parent, inheritedFrom } = reflection;
      if (!inheritedFrom || !parent?.kindOf(ReflectionKind.ClassOrInterface)) continue;
      if (!parent.extendedTypes?.some(isHidden)) project.removeReflection(reflection);
    }
  });
  // Nor do pages name bases that have none: what comes from them reads as the class's own.
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      for (const reflection of Object.values(project.reflections)) {
        for (const link of ["inheritedFrom", "overwrites"]) {
          if (reflection[link] && reflection[link].reflection === undefined) delete reflection[link];
        }
      }
    },
    -10_000,
  );
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of Object.values(project.reflections)) {
      const { comment } = reflection;
      if (comment === undefined) continue;
      for (const { content } of comment.blockTags) {
        for (const part of content) if (part.kind === "text") part.text = part.text.replace(remark, "\n\n");
      }
      // The docstring of a class describes the parameters of its constructor.
      if (!reflection.kindOf(ReflectionKind.Class)) continue;
      const made = reflection.children?.find((child) => child.kindOf(ReflectionKind.Constructor));
      const parameters = made?.signatures?.flatMap((signature) => signature.parameters ?? []) ?? [];
      comment.blockTags = comment.blockTags.filter(({ tag, name, content }) => {
        const described = tag === "@param" ? parameters.filter((parameter) => parameter.name === name) : [];
        for (const parameter of described) parameter.comment ??= new Comment(content);
        return described.length === 0;
      });
    }
  });
}
