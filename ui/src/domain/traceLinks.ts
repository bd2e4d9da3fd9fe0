// Links to traces and steps as text. What they mean is read by the engine alone.

/** Whether a text is meant as a link, be it right or wrong: it begins as one, and nothing stands after it. */
export function isLink(text: string): boolean {
  return /^\s*tracellm:\/\/\S*\s*$/i.test(text);
}
