import { useCallback, useRef, useState } from 'react';
import type { OnPress } from './confirm.ts';
import { act } from './server.ts';

// The stand-in shows these itself, as a warning beside the message.
const shownElsewhere = ['operation_timeout', 'dispatch_failed'];

/** Presses the buttons of one message as a person; `refused` says why the last press came to nothing. */
export function usePress(ts: string, user: string): { busy: boolean; refused: string | undefined; onPress: OnPress } {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const pressing = useRef(false);
  const onPress = useCallback<OnPress>(
    async (press) => {
      if (pressing.current) return;
      pressing.current = true;
      setBusy(true);
      const outcome = await act({ do: 'press', user, press: { ts, ...press } });
      pressing.current = false;
      setBusy(false);
      const told = outcome.ok || shownElsewhere.includes(outcome.error ?? '');
      setRefused(told ? undefined : `This did not work: ${outcome.error}`);
    },
    [ts, user],
  );
  return { busy, refused, onPress };
}
