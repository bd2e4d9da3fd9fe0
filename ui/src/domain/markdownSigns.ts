// Whether a text is to be read as Markdown; apart from the reader, which is loaded only if one is.

/** Longer texts are shown as written: laying them out would take too long. In characters. */
export const LONGEST_MARKDOWN = 200_000;

/** Whether a text has any of the signs that Markdown sets in another way than plain text. */
export function looksLikeMarkdown(text: string): boolean {
  return /^ {0,3}(?:#{1,6} |[-*+] |\d+[.)] |>|```|~~~)|[*_`~]\S|\]\(|^ *\|?[ :-]*-{3}/m.test(text);
}
