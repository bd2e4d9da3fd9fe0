/** Beginning and end of an id: of ids that a program counts up, only the end differs. */
export function shortId(id: string): string {
  const characters = [...id];
  return characters.length <= 14 ? id : `${characters.slice(0, 8).join('')}…${characters.slice(-4).join('')}`;
}
