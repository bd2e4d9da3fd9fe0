// Rules of tags, as the engine has them too.
import type { TagCount } from '../../backend/bindings';

const MOST_OFFERED = 8;
const MOST_CHARACTERS = 64;

/** Why `text` can't be a tag; `null` if it can, or is empty. */
export function tagError(text: string): string | null {
  return [...text.trim()].length > MOST_CHARACTERS ? 'A tag has at most 64 characters.' : null;
}

/** Tags to offer for what was typed: those that begin with it before those that contain it, the most frequent first. */
export function tagsMatching(tags: readonly TagCount[], text: string): TagCount[] {
  const typed = text.trim().toLowerCase();
  const rank = ({ tag }: TagCount) => {
    const at = tag.toLowerCase().indexOf(typed);
    return at === 0 ? 0 : at > 0 ? 1 : 2;
  };
  return tags
    .filter((each) => rank(each) < 2)
    .sort((one, other) => rank(one) - rank(other) || other.traces - one.traces)
    .slice(0, MOST_OFFERED);
}
