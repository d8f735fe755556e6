/** A file in the syntax of Go's text/template. */
export interface TemplateText {
  /** As messages call it. */
  readonly name: string;
  readonly text: string;
}

/** A template with the files whose definitions it may use, in the order in which they are read: a later one replaces what an earlier one defines. */
export interface TemplateSource extends TemplateText {
  readonly partials: readonly TemplateText[];
}
