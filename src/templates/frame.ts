import { type Budget, mostVariables } from './budget.ts';
import type { Host } from './function.ts';
import type { Output } from './output.ts';
import { Complaint } from './template-error.ts';

/** What all places of one rendering share. */
export interface Rendering {
  readonly host: Host;
  readonly budget: Budget;
  /** Writes a template with this value at its dot; the call stands at `at`. @throws Complaint */
  write(name: string, dot: unknown, at: number, output: Output): void;
}

/** Where rendering is within one template: the variables in sight, innermost last. */
export class Frame {
  readonly rendering: Rendering;
  readonly variables: { readonly name: string; value: unknown }[];

  /** @param dot what the template was called with, which `$` is in all of it */
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
