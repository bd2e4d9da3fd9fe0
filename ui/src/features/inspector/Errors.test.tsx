import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { TooltipProvider } from '../../components/Tooltip';
import { contentOf, stepOf } from '../../test/stepFixture';
import { Errors } from './Errors';

it('no part of an error hides or turns around what stands beside it', () => {
  const attack = 'safe\u202egnp.exe\u2066\u200b\u200f';
  const errors = [{ kind: attack, message: attack, stack: attack }];
  const { container } = render(
    <TooltipProvider>
      <Errors step={stepOf({ content: contentOf({ errors }) })} />
    </TooltipProvider>,
  );
  expect(container.querySelector('b')?.textContent).toBe('safe⟨U+202E⟩gnp.exe⟨U+2066⟩⟨U+200B⟩⟨U+200F⟩');
  expect(container.innerHTML).not.toMatch(/[\u200b\u200f\u202e\u2066]/);
});
