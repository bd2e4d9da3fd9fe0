import { BackendError } from '../backend';
import { errorDetails } from '../domain/errorDetails';
import { CopyButton } from './CopyButton';
import { Tooltip } from './Tooltip';

interface CopyDetailsProps {
  /** What failed, in the words of the screen. */
  what: string;
  error: Error;
  /** As high as the buttons beside it. */
  size?: 'small' | 'normal';
}

/** Copies what somebody needs to find the cause of an error, without names, paths or texts of the person's. */
export function CopyDetails({ what, error, size = 'small' }: CopyDetailsProps) {
  const details = () => {
    const isOwn = error instanceof BackendError;
    return errorDetails(
      {
        what,
        message: error.message,
        code: isOwn ? error.code : error.name,
        command: isOwn ? error.command : null,
        // Of what the engine says, the place in the page tells nothing.
        stack: isOwn ? undefined : error.stack,
      },
      { version: APP_VERSION, system: navigator.userAgent, at: new Date() },
    );
  };
  return (
    <Tooltip text="Version, system and what failed, to report it; names, paths and texts are left out">
      <span>
        <CopyButton text={details} label="Copy details" withLabel size={size} />
      </span>
    </Tooltip>
  );
}
