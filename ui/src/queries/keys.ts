// Names of cached answers: the command, then what it was asked. A live notice finds what it touches by these.
import type { CommandName } from '../backend';

export const key = (name: CommandName, ...scope: (string | number)[]) => [name, ...scope] as const;
