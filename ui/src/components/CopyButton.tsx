import { useEffect, useState } from 'react';
import { Button, IconButton } from './Button';
import type { IconName } from './icons';

interface CopyButtonProps {
  /** The text, or a function that makes it when it is asked for. */
  text: string | (() => string | Promise<string>);
  label?: string;
  /** Whether the label stands beside the icon. */
  withLabel?: boolean;
  /** What it shows before it is pressed. */
  icon?: IconName;
  size?: 'small' | 'normal';
}

const SHOWN_MS = 1600;

/** Copies text, and says whether it did. */
export function CopyButton({
  text,
  label = 'Copy',
  withLabel = false,
  icon: atRest = 'copy',
  size = 'small',
}: CopyButtonProps) {
  const [result, setResult] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (!result) return;
    const timer = setTimeout(() => {
      setResult(null);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [result]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : await text());
      setResult('copied');
    } catch {
      setResult('failed');
    }
  };
  const words = result === 'copied' ? 'Copied' : result === 'failed' ? 'Copying failed' : label;
  const icon = result === 'copied' ? 'check' : result === 'failed' ? 'warning' : atRest;
  const onClick = () => void copy();
  return (
    <>
      {withLabel ? (
        <Button size={size} icon={icon} onClick={onClick}>
          {words}
        </Button>
      ) : (
        <IconButton size={size} icon={icon} label={words} onClick={onClick} />
      )}
      <span className="visually-hidden" role="status">
        {result ? words : ''}
      </span>
    </>
  );
}
