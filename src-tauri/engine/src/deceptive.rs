//! Characters that make a text look like another one, and how they are written where a person reads.

/// Whether a character does something in place of being seen: controls what shows it (terminals' escapes, line ends), turns the
/// direction of what follows, or has no shape, so that text can hide in it. Joiners that are part of writing and of emoji
/// (U+200C, U+200D) are not among them. The page goes by the same list (`ui/src/domain/visibleText.ts`).
pub fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// What stands in its place: `⟨U+202E⟩`.
pub fn in_place_of(character: char) -> String {
    format!("⟨U+{:04X}⟩", u32::from(character))
}
