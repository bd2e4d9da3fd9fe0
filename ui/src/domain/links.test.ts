import { describe, expect, it } from 'vitest';
import { openableLink } from './links';

describe('an address in a trace', () => {
  it('may be opened if it is that of a web page or of mail', () => {
    expect(openableLink('https://Example.com/a b?c#d')).toEqual({
      address: 'https://example.com/a%20b?c#d',
      scheme: 'https',
      host: 'example.com',
    });
    expect(openableLink('mailto:a@b.example')?.host).toBe('a@b.example');
  });

  it('is shown with the host that it leads to', () => {
    expect(openableLink('http://аpple.com/')?.host).toBe('xn--pple-43d.com');
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    '//example.com',
    '/relative',
    'example.com',
    'https://',
    'https://bank.example@evil.example/',
    'mailto:',
    ' javascript:alert(1)',
    'blob:https://example.com/1',
    `https://example.com/${'a'.repeat(9000)}`,
    '',
  ])('is not opened: %s', (target) => {
    expect(openableLink(target)).toBeNull();
  });
});
