// How records of no known format are read, as a person sets it: for each role one field or none.
import type { DurationUnit, FieldRole, FoundField, RecordMapping } from '../../backend/bindings';

/** Every role, as it is asked for, in the order of asking. */
export const ROLES: { role: FieldRole; label: string; hint: string }[] = [
  { role: 'id', label: 'Id', hint: 'of the step' },
  { role: 'parent', label: 'Parent', hint: 'the id of the step that it belongs to' },
  { role: 'trace', label: 'Trace', hint: 'the id of the run, session or conversation' },
  { role: 'name', label: 'Name', hint: 'of the step' },
  { role: 'kind', label: 'Kind', hint: 'model call, tool call, …' },
  { role: 'start', label: 'Start', hint: 'or when it happened' },
  { role: 'end', label: 'End', hint: '' },
  { role: 'duration', label: 'Duration', hint: '' },
  { role: 'status', label: 'Status', hint: 'how it ended' },
  { role: 'error', label: 'Error', hint: 'why it failed' },
  { role: 'input', label: 'Input', hint: 'what went in' },
  { role: 'output', label: 'Output', hint: 'what came out' },
  { role: 'model', label: 'Model', hint: '' },
];

export const UNITS: { unit: DurationUnit; label: string }[] = [
  { unit: 'seconds', label: 'seconds' },
  { unit: 'milliseconds', label: 'milliseconds' },
  { unit: 'microseconds', label: 'microseconds' },
  { unit: 'nanoseconds', label: 'nanoseconds' },
];

/** The index of a field for each role that has one. */
export type Chosen = Partial<Record<FieldRole, number | undefined>>;

const isSame = (one: string[], other: string[]) =>
  one.length === other.length && one.every((key, at) => key === other[at]);

/** The fields that can be chosen: those met in the first records, and those that the mapping knows besides. */
export function fieldsOf(fields: FoundField[], mapping: RecordMapping): FoundField[] {
  const missing = mapping.fields.filter(
    ({ path }) => path.length > 0 && !fields.some((field) => isSame(field.path, path)),
  );
  return [...fields, ...missing.map(({ path }) => ({ path, samples: [] }))];
}

/** What a mapping chooses among `fields`. */
export function chosenOf(mapping: RecordMapping, fields: FoundField[]): Chosen {
  const chosen: Chosen = {};
  for (const { role, path } of mapping.fields) {
    const index = fields.findIndex((field) => isSame(field.path, path));
    if (index >= 0) chosen[role] = index;
  }
  return chosen;
}

/** The mapping that says what was chosen, and of every other role that no field is that. */
export function mappingOf(chosen: Chosen, fields: FoundField[], duration_unit: DurationUnit): RecordMapping {
  return {
    fields: ROLES.map(({ role }) => ({ role, path: fields[chosen[role] ?? -1]?.path ?? [] })),
    duration_unit,
  };
}

/** `start is when · name is label`: what a mapping makes of the fields, in one line. */
export function mappingText({ fields }: RecordMapping): string {
  const of = (wanted: FieldRole) =>
    fields.find(({ role, path }) => role === wanted && path.length > 0)?.path.join('.');
  const parts = ROLES.flatMap(({ role, label }) => {
    const field = of(role);
    return field === undefined ? [] : [`${label.toLowerCase()} is ${field}`];
  });
  return parts.join(' · ') || 'no field is known';
}
