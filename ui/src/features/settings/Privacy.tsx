// What is masked beside secrets, tried on a text; and the same for what is stored already.
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import type { MaskingPattern, MaskingRules } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { Switch } from '../../components/Switch';
import { TextWithMasks } from '../../components/TextWithMasks';
import { maskedWords } from '../../domain/masked';
import { sentenceOf } from '../../domain/words';
import { useSaveSettings, useSettings } from '../../queries/about';
import { maskingTryQuery } from '../../queries/masking';
import { MaskStored } from './MaskStored';
import { isBlank, setPatternDraft, unsavedPatterns, usePatternDraft } from './patternDraft';
import styles from './Privacy.module.css';
import settingsStyles from './SettingsDialog.module.css';

const MOST_PATTERNS = 50;
const EXAMPLE = 'Write to jo@example.com about KD-12345. curl -H "Authorization: Bearer 3f9aQ7c2d81e44b0"';

export function Privacy() {
  const settings = useSettings();
  const save = useSaveSettings();
  return (
    <Form
      stored={settings.masking}
      error={save.error && backendErrorFrom(save.error).message}
      onStore={(masking, onStored) => {
        save.mutate({ ...settings, masking }, { onSuccess: onStored });
      }}
    />
  );
}

interface FormProps {
  stored: MaskingRules;
  error: string | null;
  onStore: (rules: MaskingRules, onStored?: () => void) => void;
}

function Form({ stored, error, onStore }: FormProps) {
  const draft = usePatternDraft(({ patterns }) => patterns);
  const patterns = draft ?? stored.patterns;
  const [text, setText] = useState(EXAMPLE);
  const rules = { masks_emails: stored.masks_emails, patterns };
  const tried = useQuery(maskingTryQuery(useBackend(), rules, text)).data;
  const isTried = tried !== undefined && tried.problems.length === patterns.length;
  const problemOf = (index: number) => {
    const pattern = patterns[index];
    return pattern && !isBlank(pattern) && isTried ? (tried.problems[index] ?? null) : null;
  };
  const unsaved = unsavedPatterns(draft, stored.patterns);
  const isChanged = unsaved !== null;
  const isWrong = patterns.some((_, index) => problemOf(index) !== null);
  const change = (index: number, part: Partial<MaskingPattern>) => {
    setPatternDraft(patterns.map((pattern, at) => (at === index ? { ...pattern, ...part } : pattern)));
  };
  return (
    <>
      <section className={settingsStyles.group}>
        <h3 className={settingsStyles.heading}>What is masked</h3>
        <p className={styles.words}>
          Keys, tokens, passwords and authorisation headers are replaced by <code>[masked:…]</code> before
          anything is stored, always. What is set here is masked too, in all that comes in from now on and in
          what is exported.
        </p>
        <div className={settingsStyles.row}>
          <span>
            Mask e-mail addresses
            <small>Names of packages, logins such as git@host and decorators are left</small>
          </span>
          <Switch
            on={stored.masks_emails}
            label="Mask e-mail addresses"
            onChange={(masks_emails) => {
              onStore({ ...stored, masks_emails });
            }}
          />
        </div>
      </section>
      <section className={settingsStyles.group} aria-labelledby="own-patterns">
        <h3 id="own-patterns" className={settingsStyles.heading}>
          Your own patterns
        </h3>
        {patterns.length === 0 && (
          <p className={styles.words}>
            None. A pattern is a regular expression; its matches are replaced by its name.
          </p>
        )}
        {patterns.map((pattern, index) => {
          const problem = problemOf(index);
          const problemId = `pattern-problem-${index}`;
          return (
            <div key={index}>
              <div className={styles.pattern}>
                <input
                  value={pattern.name}
                  placeholder="Name"
                  aria-label={`Name of pattern ${index + 1}`}
                  maxLength={40}
                  onChange={(event) => {
                    change(index, { name: event.target.value });
                  }}
                />
                <input
                  className="mono"
                  value={pattern.pattern}
                  placeholder="Regular expression, such as KD-\d{5}"
                  aria-label={`Expression of pattern ${index + 1}`}
                  aria-invalid={problem !== null}
                  aria-describedby={problem === null ? undefined : problemId}
                  spellCheck={false}
                  onChange={(event) => {
                    change(index, { pattern: event.target.value });
                  }}
                />
                <IconButton
                  size="small"
                  icon="remove"
                  label={`Remove pattern ${index + 1}`}
                  onClick={() => {
                    setPatternDraft(patterns.filter((_, at) => at !== index));
                  }}
                />
              </div>
              {problem !== null && (
                <p id={problemId} className={settingsStyles.error} role="alert">
                  {sentenceOf(problem)}
                </p>
              )}
            </div>
          );
        })}
        <div className={styles.buttons}>
          <Button
            size="small"
            disabled={patterns.length >= MOST_PATTERNS}
            onClick={() => {
              setPatternDraft([...patterns, { name: '', pattern: '' }]);
            }}
          >
            Add a pattern
          </Button>
          <Button
            size="small"
            look="primary"
            disabled={!isChanged || isWrong || !isTried}
            onClick={() => {
              if (unsaved === null) return;
              onStore({ ...stored, patterns: unsaved }, () => {
                setPatternDraft(null);
              });
            }}
          >
            Save patterns
          </Button>
          {isChanged && <span className={styles.quiet}>Not saved yet</span>}
        </div>
        {error !== null && (
          <p className={settingsStyles.error} role="alert">
            The rules could not be stored: {error.replace(/\.$/, '')}.
          </p>
        )}
        <label className={styles.try}>
          Try it on a text; nothing of it is stored
          <textarea
            rows={2}
            value={text}
            spellCheck={false}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
        </label>
        <div className={styles.result} role="status" aria-label="What the text becomes">
          <div>{tried && <TextWithMasks text={tried.text} />}</div>
          <small>{tried && (maskedWords(tried.masked) || 'Nothing in it is masked')}</small>
        </div>
      </section>
      <MaskStored isUnsaved={isChanged} />
    </>
  );
}
