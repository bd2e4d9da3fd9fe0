// Which sections of a step there are to show, and which comes first.
import type { Content, JsonValue, StepDetail } from '../backend/bindings';
import { isBranch, sizeOf } from './json';

export const SECTIONS = ['error', 'conversation', 'data', 'events', 'attributes', 'raw'] as const;

export type Section = (typeof SECTIONS)[number];

export const SECTION_WORDS: Record<Section, string> = {
  error: 'Error',
  conversation: 'Conversation',
  data: 'Input & output',
  events: 'Events',
  attributes: 'Attributes',
  raw: 'Raw',
};

const isThere = (value: JsonValue | null) => value !== null && !(isBranch(value) && sizeOf(value) === 0);

/** Whether anything was said, by whichever side. */
export function hasConversation(content: Content): boolean {
  return content.input_messages.length > 0 || content.output_messages.length > 0;
}

/** Whether there is content beside a conversation. */
export function hasData(content: Content): boolean {
  return (
    isThere(content.input) ||
    isThere(content.output) ||
    (!hasConversation(content) && (content.tools.length > 0 || content.parameters.length > 0))
  );
}

/** The sections of a step that are not empty, in their order on screen. */
export function sectionsOf(step: StepDetail): Section[] {
  const has: Record<Section, boolean> = {
    error: step.content.errors.length > 0 || step.error !== null,
    conversation: hasConversation(step.content),
    data: hasData(step.content),
    events: step.events.length > 0 || step.links.length > 0,
    attributes: isThere(step.attributes) || isThere(step.origin),
    raw: isThere(step.raw),
  };
  return SECTIONS.filter((section) => has[section]);
}

/** The person's last choice for such steps if this one has it, else the most telling section. */
export function sectionShown(sections: readonly Section[], chosen: Section | undefined): Section | null {
  if (chosen !== undefined && sections.includes(chosen)) return chosen;
  return sections[0] ?? null;
}

/** Steps that share a choice: those of a kind, failed ones apart, for an error is what one looks for then. */
export function choiceKey(step: StepDetail): string {
  return `${step.kind}${step.status === 'error' ? ' failed' : ''}`;
}

/** The section in which a place of a text stands, as a search names it; `null` if that is none of `sections`. */
export function sectionOfPlace(place: string, sections: readonly Section[]): Section | null {
  const wanted: readonly Section[] =
    place === 'error'
      ? ['error']
      : place === 'input' || place === 'output'
        ? ['conversation', 'data']
        : place === 'name'
          ? []
          : ['attributes', 'events', 'raw'];
  return wanted.find((section) => sections.includes(section)) ?? null;
}
