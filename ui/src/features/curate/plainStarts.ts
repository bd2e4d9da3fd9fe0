/** The first line of a note that says something, for where there is room for one. */
export function plainStarts(note: string): string {
  return (note.split('\n').find((line) => line.trim() !== '') ?? '').trim().slice(0, 200);
}
