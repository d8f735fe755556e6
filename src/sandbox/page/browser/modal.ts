import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { Block, JsonObject, View } from '../../slack/model.ts';
import { Blocks } from './blocks.ts';
import { useDesk } from './desk.ts';
import { Field, type Input, initialInput } from './field.ts';
import { h } from './h.ts';
import { act } from './server.ts';

const words = (text: JsonObject | undefined, otherwise: string): string => (typeof text?.text === 'string' ? text.text : otherwise);

type Inputs = { readonly [block: string]: Input };

const isInput = (block: Block): boolean => block.type === 'input';

const initialInputs = (view: View): Inputs =>
  Object.fromEntries(view.blocks.filter(isInput).map((block) => [block.block_id ?? '', initialInput(block)]));

/** The modal that the app opened for the acting person. */
export function Modal({ view }: { view: View }): ReactElement {
  const { user } = useDesk();
  const dialog = useRef<HTMLDialogElement>(null);
  const [inputs, setInputs] = useState(() => initialInputs(view));
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async () => {
    setBusy(true);
    await act({
      do: 'submit',
      user,
      inputs: Object.fromEntries(Object.entries(inputs).map(([id, value]) => [id, typeof value === 'string' ? value : [...value]])),
    });
    setBusy(false);
  };
  const close = () => void act({ do: 'close', user });
  const pieces = view.blocks.map((block, index) => {
    const id = block.block_id ?? '';
    if (!isInput(block))
      return h(Blocks, {
        key: id || index,
        blocks: [block],
        onPress: (press) => void act({ do: 'press', user, press: { view: view.id, ...press } }),
      });
    const onChange = (value: Input) => setInputs({ ...inputs, [id]: value });
    return h(Field, { key: id, block, value: inputs[id] ?? '', error: view.errors?.[id], onChange });
  });
  return h(
    'dialog',
    {
      ref: dialog,
      className: 'dialog modal',
      'data-testid': 'modal',
      'aria-busy': busy,
      onCancel: (event: { preventDefault(): void }) => {
        event.preventDefault();
        close();
      },
    },
    h(
      'form',
      {
        onSubmit: (event) => {
          event.preventDefault();
          void submit();
        },
      },
      h('h2', null, words(view.title, '')),
      view.trouble ? h('p', { className: 'trouble', role: 'alert' }, `⚠ ${view.trouble}`) : null,
      h('div', { className: 'modal-body' }, pieces),
      h(
        'div',
        { className: 'dialog-buttons' },
        h('button', { type: 'button', className: 'plain', onClick: close }, words(view.close, 'Close')),
        view.submit ? h('button', { type: 'submit', className: 'primary', disabled: busy }, words(view.submit, 'Submit')) : null,
      ),
    ),
  );
}
