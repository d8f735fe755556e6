import type { Notice } from '../../src/core/notice.ts';
import type { Run } from '../../src/core/run/run.ts';
import type { RunMessages } from '../../src/core/run/run-messages.ts';
import { Announcer, type Notices } from '../../src/pipeline/chat/announcer.ts';
import { aBook } from './world.ts';

export interface Fault {
  readonly error: Error;
  readonly lands?: boolean;
}

/**
 * A channel that remembers; each entry of `faults` is thrown by one call, after the message has landed where `lands` says so, and each of
 * `findFaults` by one search.
 */
function aBoard(faults: Fault[], findFaults: Error[]) {
  const messages: { ts: string; uid: string; states: string[] }[] = [];
  const replies: string[] = [];
  const calls: string[] = [];
  const hooks = { landed: () => {} };
  const attempt = (call: string, land: () => void) => {
    calls.push(call);
    const fault = faults.shift();
    if (!fault || fault.lands) {
      land();
      hooks.landed();
    }
    if (fault) throw fault.error;
  };
  const board: RunMessages = {
    async post(run) {
      const message = { ts: String(messages.length + 1), uid: run.uid, states: [run.state as string] };
      attempt(`post ${run.id}`, () => messages.push(message));
      return { channel: 'C1', ts: message.ts };
    },
    async update(run, at) {
      attempt(`update ${run.id}`, () => messages.find((one) => one.ts === at.ts)?.states.push(run.state));
    },
    async find(run) {
      calls.push(`find ${run.id}`);
      const fault = findFaults.shift();
      if (fault) throw fault;
      const found = messages.find((one) => one.uid === run.uid);
      return found && { channel: 'C1', ts: found.ts };
    },
    async reply(run, _at, item) {
      attempt(`reply ${run.id} ${item.key}`, () => replies.push(`${run.id} ${item.key}`));
    },
    async hasReply(run, _at, item) {
      return replies.includes(`${run.id} ${item.key}`);
    },
    async tell({ uid }) {
      attempt(`tell ${uid}`, () => replies.push(uid));
    },
    async hasTold({ uid }) {
      calls.push(`look for ${uid}`);
      return replies.includes(uid);
    },
  };
  return { board, messages, replies, calls, hooks };
}

export async function announced(runs: readonly Run[], faults: Fault[] = [], findFaults: Error[] = [], notices: readonly Notice[] = []) {
  const { book, failSaves } = aBook(runs);
  const world = aBoard(faults, findFaults);
  const said: string[] = [];
  const logText = async () => ({ name: 'x.log', text: 'x' });
  let left = notices;
  const kept: Notices = {
    notices: () => left,
    noticed: async (uid, state) => {
      left = left.flatMap((one) => (one.uid !== uid ? [one] : state === 'told' ? [] : [{ ...one, state }]));
    },
  };
  const announcer = new Announcer({
    book,
    runMessages: world.board,
    records: kept,
    logText,
    log: (line) => void said.push(line),
    retryMs: 400,
  });
  announcer.wake();
  const until = async (true_: () => boolean, ms = 6_000) => {
    for (let tries = 0; !true_() && tries < ms / 10; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    await book.idle();
  };
  return { book, failSaves, said, notices: kept.notices, announcer, ...world, until, shown: (run: string) => shownRevision(book.get(run)) };
}

function shownRevision(run: Run | undefined): number {
  return run?.delivery.message?.state === 'posted' ? run.delivery.message.revision : -1;
}
