/** A file in Go text/template syntax. */
export interface TemplateText {
  /** Its name in messages. */
  readonly name: string;
  readonly text: string;
}

/** A template with the files whose definitions it may use, in reading order: a later definition replaces an earlier one. */
export interface TemplateSource extends TemplateText {
  readonly partials: readonly TemplateText[];
}
