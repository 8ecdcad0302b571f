/** What the page on compiled functions says that its snippets print is what they print. */
import { testSnippets } from "./snippet-tests.ts";

testSnippets("docs/compile.md", 5);
