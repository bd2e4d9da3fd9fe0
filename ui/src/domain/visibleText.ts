// Characters that would make a text look like another one, made visible: control characters, those that turn the direction of
// what follows, and those without shape, in which a text can hide. What is copied by a button is the text itself.

/**
 * Never needed to read a trace; the same as the engine's `deceptive`, which a test of it holds. Joiners that are part of writing and of emoji (U+200C, U+200D) are not among them; marks of
 * direction are, as they move what stands beside them.
 */
const DECEPTIVE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u115f\u1160\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** `⟨U+202E⟩` in place of a character that controls, hides or reorders others. */
export function visibleText(text: string): string {
  return text.replace(DECEPTIVE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
