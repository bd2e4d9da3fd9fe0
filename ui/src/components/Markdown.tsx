// Markdown set as text, made of the nodes that domain/markdown knows and of nothing else. A chunk of its own.
import { memo, useMemo, type ReactNode } from 'react';
import { languageNamed } from '../domain/language';
import { readMarkdown, type MarkdownNode } from '../domain/markdown';
import { visibleText } from '../domain/visibleText';
import { Address } from './Address';
import { Code } from './Code';
import styles from './Markdown.module.css';
import { TextWithMasks } from './TextWithMasks';

export default memo(function Markdown({ text }: { text: string }) {
  const nodes = useMemo(() => readMarkdown(text), [text]);
  return <div className={styles.markdown}>{nodes.map(shown)}</div>;
});

function shown(node: MarkdownNode, index: number): ReactNode {
  switch (node.type) {
    case 'text':
      return <TextWithMasks key={index} text={node.text} />;
    case 'break':
      return <br key={index} />;
    case 'rule':
      return <hr key={index} />;
    case 'code':
      return <code key={index}>{visibleText(node.text)}</code>;
    case 'fence':
      return (
        <div key={index} className={styles.fence}>
          <Code text={node.text} language={languageNamed(node.language)} label="code" />
        </div>
      );
    case 'link':
      return (
        <Address key={index} target={node.target}>
          {node.children.length > 0 ? node.children.map(shown) : undefined}
        </Address>
      );
    case 'image':
      return (
        <span key={index} className={styles.image}>
          image{node.text === '' ? '' : ` “${visibleText(node.text)}”`}: <Address target={node.target} />
        </span>
      );
    case 'element':
      return element(node, index);
  }
}

function element(node: Extract<MarkdownNode, { type: 'element' }>, index: number): ReactNode {
  const children = node.children.map(shown);
  switch (node.tag) {
    case 'table':
      return (
        <div key={index} className={styles.table} tabIndex={0} role="region" aria-label="table">
          <table>{children}</table>
        </div>
      );
    // The step's name is a heading of the second level; those of its texts stand below it.
    case 'h1':
    case 'h2':
      return <h3 key={index}>{children}</h3>;
    case 'h3':
      return <h4 key={index}>{children}</h4>;
    case 'h4':
    case 'h5':
    case 'h6':
      return <h5 key={index}>{children}</h5>;
    case 'ol':
      return (
        <ol key={index} {...(node.start === null ? {} : { start: node.start })}>
          {children}
        </ol>
      );
    default: {
      const Tag = node.tag;
      return <Tag key={index}>{children}</Tag>;
    }
  }
}
