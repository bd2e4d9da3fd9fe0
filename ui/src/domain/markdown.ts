// Markdown as a tree of a few kinds of nodes, so that what is drawn is one of these whatever the text contains: there is
// no HTML among them, and addresses are data that nothing loads.
import MarkdownIt, { type Token } from 'markdown-it';

export type MarkdownTag =
  | 'p' | 'h1' | 'h2' | 'h3' | 'h4' | 'h5' | 'h6' | 'ul' | 'ol' | 'li' | 'blockquote' | 'em' | 'strong' | 's'
  | 'table' | 'thead' | 'tbody' | 'tr' | 'th' | 'td'; // prettier-ignore

export type MarkdownNode =
  | { type: 'element'; tag: MarkdownTag; start: number | null; children: MarkdownNode[] }
  | { type: 'text'; text: string }
  | { type: 'break' }
  | { type: 'rule' }
  | { type: 'code'; text: string }
  | { type: 'fence'; text: string; language: string }
  | { type: 'link'; target: string; children: MarkdownNode[] }
  | { type: 'image'; target: string; text: string };

const TAGS = new Set<string>([
  'p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'em', 'strong', 's',
  'table', 'thead', 'tbody', 'tr', 'th', 'td',
]); // prettier-ignore

const reader = new MarkdownIt({
  html: false,
  linkify: false,
  typographer: false,
  breaks: true,
  maxNesting: 40,
});
// Where a link goes is shown before it is opened, so all may be links.
reader.validateLink = () => true;
reader.normalizeLink = (url: string) => url;

/** Reads a text of at most `LONGEST_MARKDOWN` characters (`domain/markdownSigns`). Nesting beyond 40 levels stays text. */
export function readMarkdown(text: string): MarkdownNode[] {
  return treeOf(reader.parse(text, {}));
}

function treeOf(tokens: readonly Token[]): MarkdownNode[] {
  const root: MarkdownNode[] = [];
  const stack: MarkdownNode[][] = [root];
  const add = (node: MarkdownNode) => stack.at(-1)?.push(node);
  for (const token of tokens) {
    if (token.type === 'inline') {
      for (const node of treeOf(token.children ?? [])) add(node);
    } else if (token.nesting === 1) {
      const node = opened(token);
      // A paragraph in a tight list is not set apart.
      if (node && !token.hidden) add(node);
      stack.push(node && !token.hidden ? node.children : (stack.at(-1) ?? root));
    } else if (token.nesting === -1) {
      if (stack.length > 1) stack.pop();
    } else {
      const node = leaf(token);
      if (node.type !== 'text' || node.text !== '') add(node);
    }
  }
  return root;
}

function opened(token: Token): Extract<MarkdownNode, { children: MarkdownNode[] }> | null {
  if (token.type === 'link_open')
    return { type: 'link', target: String(token.attrGet('href') ?? ''), children: [] };
  if (!TAGS.has(token.tag)) return null;
  const start = token.attrGet('start');
  return {
    type: 'element',
    tag: token.tag as MarkdownTag,
    start: start === null ? null : Number(start),
    children: [],
  };
}

function leaf(token: Token): MarkdownNode {
  switch (token.type) {
    case 'code_inline':
      return { type: 'code', text: token.content };
    case 'fence':
    case 'code_block':
      return {
        type: 'fence',
        text: token.content.replace(/\n$/, ''),
        language: token.info.trim().split(/\s/)[0] ?? '',
      };
    case 'softbreak':
    case 'hardbreak':
      return { type: 'break' };
    case 'hr':
      return { type: 'rule' };
    case 'image':
      return { type: 'image', target: String(token.attrGet('src') ?? ''), text: token.content };
    default:
      return { type: 'text', text: token.content };
  }
}
