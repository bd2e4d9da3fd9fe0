// Characters that would make a text look like another one, made visible: control characters, and those that turn the
// direction of what follows. What is copied by a button is the text itself.

/** Sets direction for what follows, or does nothing that can be seen: never needed to read a trace. */
// eslint-disable-next-line no-control-regex
const DECEPTIVE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** `⟨U+202E⟩` in place of a character that hides or reorders others; `␛` and the like for control characters. */
export function visibleText(text: string): string {
  return text.replace(DECEPTIVE, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
