// Input and output that are not a conversation, shown as what they are: a command, a diff, a table, or plain data.
import { useMemo } from 'react';
import type { Content, JsonValue, Parameter } from '../../backend/bindings';
import { JsonView } from '../../components/JsonView';
import { Prose } from '../../components/Prose';
import { isBranch, jsonInside, preview, sizeWords, textOf } from '../../domain/json';
import { toolView } from '../../domain/toolView';
import { visibleText } from '../../domain/visibleText';
import { useReading } from '../../state/reading';
import { Block } from './Block';
import { isAsked, ToolAsked, ToolGiven, toolOutcome, toolTitles } from '../../components/ToolParts';

interface DataProps {
  content: Content;
  /** The step's name, by which tools are known. */
  name?: string;
  attributes?: JsonValue;
}

export function Data({ content, name = '', attributes = null }: DataProps) {
  const { input, output } = content;
  const isPlain = useReading((reading) => reading.isPlain);
  const view = useMemo(
    () => toolView({ name, input, output, attributes }),
    [name, input, output, attributes],
  );
  const [asked, given] = view ? toolTitles(view) : ['Input', 'Output'];
  return (
    <>
      {view && !isPlain ? (
        <>
          {isAsked(view) && (
            <Block title={asked} what="the input" {...(input === null ? {} : { copy: () => textOf(input) })}>
              <ToolAsked view={view} />
            </Block>
          )}
          <Block
            title={given}
            what="the output"
            note={toolOutcome(view)}
            {...(output === null ? {} : { copy: () => textOf(output) })}
          >
            <ToolGiven view={view} />
          </Block>
        </>
      ) : (
        <>
          <Value title="Input" value={input} />
          <Value title="Output" value={output} />
        </>
      )}
      <Parameters parameters={content.parameters} />
    </>
  );
}

export function Value({ title, value }: { title: string; value: JsonValue | null }) {
  const isPlain = useReading((reading) => reading.isPlain);
  if (value === null) return null;
  const isText = typeof value === 'string' && jsonInside(value) === null;
  return (
    <Block
      title={title}
      what={`the ${title.toLowerCase()}`}
      copy={() => textOf(value)}
      note={isBranch(value) ? sizeWords(value) : undefined}
    >
      {isText ? (
        <Prose text={value} asWritten={isPlain} label={`the ${title.toLowerCase()}`} />
      ) : (
        <JsonView value={value} bare />
      )}
    </Block>
  );
}

/** Request parameters and response facts, in one line until they are asked for. */
export function Parameters({ parameters }: { parameters: Parameter[] }) {
  if (parameters.length === 0) return null;
  const value = Object.fromEntries(parameters.map((each) => [each.name, each.value]));
  return (
    <Block
      title="Parameters"
      what="the parameters"
      copy={() => textOf(value)}
      note={visibleText(preview(value, 160).replace(/^\{ | \}$/g, ''))}
      startsOpen={false}
    >
      <JsonView value={value} levels={1} bare />
    </Block>
  );
}
