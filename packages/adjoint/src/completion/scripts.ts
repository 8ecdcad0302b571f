/** Scripts for shells that complete the commands: one function for each shell, from words to text. */
import type { CommandWords } from "./words.ts";

/** A word in single quotes, as bash and zsh read it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Words in a list of bash. None of ours has a space or a special character. */
const listed = (words: readonly string[]): string => quoted(words.join(" "));

/** For bash 3.2 and later; files are offered where nothing else is. */
function bash(commands: readonly CommandWords[]): string {
  const paths = commands.flatMap(({ path }) => (path === "" ? [] : [quoted(path)]));
  const cases = commands.map(
    ({ path, options, words }) =>
      `    ${quoted(path)}) options=${listed(options.flatMap(({ flags }) => flags))} words=${listed(words.map(({ word }) => word))} ;;`,
  );
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) => {
      if (value === null) return [];
      const patterns = flags.map((flag) => quoted(`${path} ${flag}`)).join("|");
      return [`    ${patterns}) options="" words=${listed(value === "any" ? [] : value)} ;;`];
    }),
  );
  return `# bash completion for adjoint: eval "$(adjoint completion bash)"
_adjoint() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" options="" words="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "\${path:+$path }$word" in
      ${paths.join("|")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  case "$path $previous" in
${values.join("\n")}
  esac
  COMPREPLY=()
  if [[ "$current" == -* ]]; then words="$options"; fi
  if [[ -n "$words" ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}
complete -o bashdefault -o default -F _adjoint adjoint
`;
}

/** A description in an argument of zsh's _arguments and _describe, where brackets and colons have a meaning. */
const plainZsh = (text: string): string => text.replaceAll(/[[\]\\:]/g, (sign) => `\\${sign}`);

/** For zsh; by the functions that come with it. */
function zsh(commands: readonly CommandWords[]): string {
  const nameOf = (path: string): string =>
    ["_adjoint", ...path.split(" ").filter(Boolean)].join("_").replaceAll("-", "_");
  const functions = commands.map(({ path, options, words, takesFiles }) => {
    const specs = options.flatMap(({ flags, description, value }) =>
      flags.map((flag) => {
        const after = value === null ? "" : value === "any" ? ":value:_files" : `:value:(${value.join(" ")})`;
        return quoted(`${flag}[${plainZsh(description)}]${after}`);
      }),
    );
    const inner = commands.filter((one) => one.path !== "" && one.path.split(" ").slice(0, -1).join(" ") === path);
    const described = words.map(({ word, description }) => quoted(`${plainZsh(word)}:${plainZsh(description)}`));
    const lines = [`${nameOf(path)}() {`];
    if (inner.length > 0) {
      lines.push(
        "  local state line",
        `  _arguments -C ${[...specs, "'1: :->command'", "'*:: :->rest'"].join(" ")}`,
        '  case "$state" in',
        `    command) local -a words_; words_=(${described.join(" ")}); _describe command words_ ;;`,
        '    rest) case "$line[1]" in',
        ...inner.map((one) => `      ${one.path.split(" ").at(-1)}) ${nameOf(one.path)} ;;`),
        "    esac ;;",
        "  esac",
      );
    } else {
      const rest =
        words.length > 0
          ? `'*:word:(${words.map(({ word }) => word).join(" ")})'`
          : takesFiles
            ? "'*:file:_files'"
            : "";
      lines.push(`  _arguments ${[...specs, rest].join(" ")}`);
    }
    return [...lines, "}"].join("\n");
  });
  return `#compdef adjoint
# zsh completion for adjoint: eval "$(adjoint completion zsh)", after compinit
${functions.join("\n")}
compdef _adjoint adjoint
`;
}

/** A text in single quotes, as fish reads it. */
const quotedFish = (text: string): string => `'${text.replaceAll(/['\\]/g, (sign) => `\\${sign}`)}'`;

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ path, options, words, takesFiles }) => {
    const seen = path.split(" ").filter(Boolean);
    // A command that holds others is one that is completed until one of these follows.
    const inner = path === "help" ? [] : words.map(({ word }) => word);
    const isSeen = seen.map((word) => `__fish_seen_subcommand_from ${word}`);
    const follows = inner.length > 0 && !takesFiles ? [`not __fish_seen_subcommand_from ${inner.join(" ")}`] : [];
    const condition = quotedFish([...isSeen, ...follows].join("; and ") || "true");
    const start = `complete -c adjoint -n ${condition}`;
    return [
      ...words.map(({ word, description }) => `${start} -f -a ${word} -d ${quotedFish(description)}`),
      ...options.map(({ flags, description, value }) => {
        const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
        const after = value === null ? "" : value === "any" ? " -r" : ` -x -a ${quotedFish(value.join(" "))}`;
        return `${start} ${names.join(" ")}${after} -d ${quotedFish(description)}`;
      }),
      ...(takesFiles || words.length === 0 ? [] : [`${start} -f`]),
    ];
  });
  return `# fish completion for adjoint: adjoint completion fish | source\n${lines.join("\n")}\n`;
}

export const completionScripts = { bash, zsh, fish } as const;

export type Shell = keyof typeof completionScripts;
