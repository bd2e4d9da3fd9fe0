import { expect, it } from 'vitest';
import { visibleText } from './visibleText';

it('shows what would hide, reorder or end a text', () => {
  expect(visibleText('safe\u202egnp.exe')).toBe('safe⟨U+202E⟩gnp.exe');
  expect(visibleText('\u001b[2J\u007f\u009b')).toBe('⟨U+001B⟩[2J⟨U+007F⟩⟨U+009B⟩');
  expect(visibleText('pay\u200bpal\ufeff\u2060\u3164')).toBe('pay⟨U+200B⟩pal⟨U+FEFF⟩⟨U+2060⟩⟨U+3164⟩');
  expect(visibleText('said\u{e0069}\u{e0067}')).toBe('said⟨U+E0069⟩⟨U+E0067⟩');
  expect(visibleText('exe\u200e\u200f\u061c')).toBe('exe⟨U+200E⟩⟨U+200F⟩⟨U+061C⟩');
  expect(visibleText('a\u2028b')).toBe('a⟨U+2028⟩b');
});

it('leaves writing as it is', () => {
  for (const text of ['a\tb\nc\r\n', 'שלום!', '👩\u200d💻', 'می\u200cخواهم', 'é — 天气 🚀', '']) {
    expect(visibleText(text)).toBe(text);
  }
});
