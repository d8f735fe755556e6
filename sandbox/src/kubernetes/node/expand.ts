/** `$(NAME)` in commands, arguments and variables, as Kubernetes expands it (third_party/forked/golang/expansion). */

/** Known names are replaced, unknown ones stay as they are, `$$` is a dollar sign that starts nothing. */
export const expand = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replace(/\$(?:\$|\(([^()]*)\))/g, (whole, name?: string) => (name === undefined ? '$' : (variables.get(name) ?? whole)));
