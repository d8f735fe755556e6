import { type Budget, mostVariables } from './budget.ts';
import type { Host } from './function.ts';
import type { Output } from './output.ts';
import { Complaint } from './template-error.ts';

/** State shared by a whole rendering. */
export interface Rendering {
  readonly host: Host;
  readonly budget: Budget;
  /** Writes a template with this value as its dot; `at` is the position of the call. @throws Complaint */
  write(name: string, dot: unknown, at: number, output: Output): void;
}

/** The state of rendering one template: the variables in scope, innermost last. */
export class Frame {
  readonly rendering: Rendering;
  readonly variables: { readonly name: string; value: unknown }[];

  /** @param dot the value that the template was called with, which is `$` throughout it */
  constructor(dot: unknown, rendering: Rendering) {
    this.rendering = rendering;
    this.variables = [{ name: '$', value: dot }];
  }

  get budget(): Budget {
    return this.rendering.budget;
  }

  variable(name: string): { value: unknown } | undefined {
    return this.variables.findLast((variable) => variable.name === name);
  }

  declare(name: string, value: unknown, at: number): void {
    if (this.variables.length >= mostVariables) throw new Complaint(at, `more than ${mostVariables} variables are in scope here`);
    this.variables.push({ name, value });
  }
}
