import { longestText } from './budget.ts';
import { Complaint } from './template-error.ts';

/** The text that a template writes, with a limit on its length. */
export class Output {
  readonly #parts: string[] = [];
  #length = 0;

  /** @throws Complaint */
  add(text: string, at: number): void {
    this.#length += text.length;
    if (this.#length > longestText) throw new Complaint(at, `the text grows beyond ${longestText} characters`);
    this.#parts.push(text);
  }

  text(): string {
    return this.#parts.join('');
  }
}
