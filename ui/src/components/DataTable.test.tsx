import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { DataTable } from './DataTable';

it('shows what would hide or reorder a text, in names and cells', () => {
  const hostile = 'safe\u202egnp.exe\u200e';
  const column = (label: string) => ({ label, value: (text: string) => text, text: (text: string) => text });
  render(
    <DataTable
      label="Models"
      noun={['model', 'models']}
      rows={[hostile]}
      columns={[column('Model'), column('Last')]}
      order={{ column: 0, descending: false }}
      rowKey={(text) => text}
      name={(_, text) => <b>{text}</b>}
      href={() => '#'}
      onOpen={() => undefined}
    />,
  );
  expect(screen.getAllByText('safe⟨U+202E⟩gnp.exe⟨U+200E⟩')).toHaveLength(2);
  expect(document.body.innerHTML).not.toMatch(/[\u202e\u200e]/);
});
