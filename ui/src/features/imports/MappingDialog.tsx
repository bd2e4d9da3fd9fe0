// How the records of a file of no known format were read, and how they should be.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { DurationUnit, FileStatus, FoundField, RecordGuess } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { importListQuery } from '../../queries/imports';
import { ROLES, UNITS, chosenOf, fieldsOf, mappingOf, mappingText } from './mapping';
import styles from './Mapping.module.css';
import { splitPath } from './summary';

/** Opens the dialog for a file that was read by a mapping; nothing for any other. */
export function MappingButton({ file }: { file: FileStatus }) {
  const [open, setOpen] = useState(false);
  const { mapping } = file;
  if (!mapping) return null;
  return (
    <>
      <Button
        size="small"
        title={mappingText(mapping.mapping)}
        onClick={() => {
          setOpen(true);
        }}
      >
        {mapping.is_confirmed ? 'Fields as set…' : 'Fields as guessed…'}
      </Button>
      {open && (
        <MappingDialog
          path={file.path}
          guess={mapping}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}

function MappingDialog({ path, guess, onClose }: { path: string; guess: RecordGuess; onClose: () => void }) {
  const backend = useBackend();
  const cache = useQueryClient();
  const [fields] = useState(() => fieldsOf(guess.fields, guess.mapping));
  const [chosen, setChosen] = useState(() => chosenOf(guess.mapping, fields));
  const [unit, setUnit] = useState(guess.mapping.duration_unit);
  const again = useMutation({
    mutationFn: () => backend.call('mapping_set', { mapping: mappingOf(chosen, fields, unit), path }),
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey: importListQuery(backend).queryKey }),
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title="Which field is what"
      width_px={760}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={again.isPending || Object.values(chosen).every((index) => index === undefined)}
            onClick={() => {
              again.mutate();
            }}
          >
            Read again
          </Button>
        </>
      }
    >
      <p className={styles.about}>
        {splitPath(path).name} is of no known format.{' '}
        {guess.is_confirmed
          ? 'Its records were read as you have set it.'
          : 'How to read its records was guessed.'}{' '}
        What you set holds for every file with these fields, and is remembered.
      </p>
      <div className={styles.roles}>
        {ROLES.map(({ role, label, hint }) => (
          <RoleRow
            key={role}
            label={label}
            hint={hint}
            fields={fields}
            index={chosen[role]}
            onChoose={(index) => {
              setChosen((before) => ({ ...before, [role]: index }));
            }}
            {...(role === 'duration' && chosen.duration !== undefined ? { unit, onUnit: setUnit } : {})}
          />
        ))}
      </div>
      {again.error && (
        <p className={styles.error} role="alert">
          The file could not be read again: {backendErrorFrom(again.error).message}
        </p>
      )}
    </Dialog>
  );
}

interface RoleRowProps {
  label: string;
  hint: string;
  fields: FoundField[];
  index: number | undefined;
  onChoose: (index: number | undefined) => void;
  unit?: DurationUnit;
  onUnit?: (unit: DurationUnit) => void;
}

function RoleRow({ label, hint, fields, index, onChoose, unit, onUnit }: RoleRowProps) {
  const id = useId();
  const samples = index === undefined ? [] : (fields[index]?.samples ?? []);
  return (
    <>
      <label className={styles.role} htmlFor={id}>
        {label}
        {hint && <small>{hint}</small>}
      </label>
      <span className={styles.choice}>
        <select
          id={id}
          className={styles.select}
          value={index ?? ''}
          onChange={({ target }) => {
            onChoose(target.value === '' ? undefined : Number(target.value));
          }}
        >
          <option value="">none</option>
          {fields.map(({ path }, at) => (
            <option key={at} value={at}>
              {path.join('.')}
            </option>
          ))}
        </select>
        {unit && onUnit && (
          <select
            className={styles.select}
            aria-label="Unit of the duration"
            value={unit}
            onChange={({ target }) => {
              const found = UNITS.find((each) => each.unit === target.value);
              if (found) onUnit(found.unit);
            }}
          >
            {UNITS.map((each) => (
              <option key={each.unit} value={each.unit}>
                {each.label}
              </option>
            ))}
          </select>
        )}
      </span>
      <span className={styles.samples} title={samples.join('\n')}>
        {samples.join(' · ')}
      </span>
    </>
  );
}
