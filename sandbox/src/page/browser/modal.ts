import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { Block, JsonObject, View } from '../../slack/model.ts';
import { Blocks } from './blocks.ts';
import { Field, type Input, initialInput } from './field.ts';
import { h } from './h.ts';
import { usePage } from './page-context.ts';
import { act } from './server.ts';

const words = (text: JsonObject | undefined, otherwise: string): string => (typeof text?.text === 'string' ? text.text : otherwise);

type Inputs = { readonly [block: string]: Input };

const isInput = (block: Block): boolean => block.type === 'input';

const initialInputs = (view: View): Inputs =>
  Object.fromEntries(view.blocks.filter(isInput).map((block) => [block.block_id ?? '', initialInput(block)]));

/** One block of a modal: an input, or something to read and press. */
function Piece({
  view,
  block,
  value,
  onChange,
}: {
  view: View;
  block: Block;
  value: Input;
  onChange: (value: Input) => void;
}): ReactElement {
  const { user } = usePage();
  if (isInput(block)) return h(Field, { block, value, error: view.errors?.[block.block_id ?? ''], onChange });
  return h(Blocks, { blocks: [block], onPress: (press) => void act({ do: 'press', user, press: { view: view.id, ...press } }) });
}

function Buttons({ view, busy, onClose }: { view: View; busy: boolean; onClose: () => void }): ReactElement {
  return h(
    'div',
    { className: 'dialog-buttons' },
    h('button', { type: 'button', className: 'plain', onClick: onClose }, words(view.close, 'Close')),
    view.submit ? h('button', { type: 'submit', className: 'primary', disabled: busy }, words(view.submit, 'Submit')) : null,
  );
}

/** The modal that the app opened for the acting person. */
export function Modal({ view }: { view: View }): ReactElement {
  const { user } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const [inputs, setInputs] = useState(() => initialInputs(view));
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: { preventDefault(): void }) => {
    event.preventDefault();
    setBusy(true);
    const sent = Object.entries(inputs).map(([id, value]) => [id, typeof value === 'string' ? value : [...value]]);
    await act({ do: 'submit', user, inputs: Object.fromEntries(sent) });
    setBusy(false);
  };
  const close = () => void act({ do: 'close', user });
  const onCancel = (event: { preventDefault(): void }) => {
    event.preventDefault();
    close();
  };
  const pieces = view.blocks.map((block, index) => {
    const id = block.block_id ?? '';
    const onChange = (value: Input) => setInputs({ ...inputs, [id]: value });
    return h(Piece, { key: id || index, view, block, value: inputs[id] ?? '', onChange });
  });
  return h(
    'dialog',
    { ref: dialog, className: 'dialog modal', 'data-testid': 'modal', 'aria-busy': busy, onCancel },
    h(
      'form',
      { onSubmit: (event) => void submit(event) },
      h('h2', null, words(view.title, '')),
      view.trouble ? h('p', { className: 'trouble', role: 'alert' }, `⚠ ${view.trouble}`) : null,
      h('div', { className: 'modal-body' }, pieces),
      h(Buttons, { view, busy, onClose: close }),
    ),
  );
}
