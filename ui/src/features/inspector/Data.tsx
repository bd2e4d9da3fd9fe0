// Input and output that are not a conversation.
import type { Content, JsonValue, Parameter } from '../../backend/bindings';
import { JsonView } from '../../components/JsonView';
import { LongText } from '../../components/LongText';
import { isBranch, jsonInside, sizeWords, textOf } from '../../domain/json';
import { Block } from './Block';

export function Data({ content }: { content: Content }) {
  return (
    <>
      <Value title="Input" value={content.input} />
      <Value title="Output" value={content.output} />
      <Parameters parameters={content.parameters} />
    </>
  );
}

export function Value({ title, value }: { title: string; value: JsonValue | null }) {
  if (value === null) return null;
  const isText = typeof value === 'string' && jsonInside(value) === null;
  return (
    <Block
      title={title}
      what={`the ${title.toLowerCase()}`}
      copy={() => textOf(value)}
      note={isBranch(value) ? sizeWords(value) : undefined}
    >
      {isText ? <LongText text={value} /> : <JsonView value={value} bare />}
    </Block>
  );
}

/** Request parameters and response facts. */
export function Parameters({ parameters }: { parameters: Parameter[] }) {
  if (parameters.length === 0) return null;
  const value = Object.fromEntries(parameters.map((each) => [each.name, each.value]));
  return (
    <Block title="Parameters" what="the parameters" copy={() => textOf(value)} note={parameters.length}>
      <JsonView value={value} levels={1} bare />
    </Block>
  );
}
