/** Whether a registry has a tag. Only `free` permits a push: what could not be told is a value of its own, never a "no". */
export type TagState = { readonly state: 'free' } | { readonly state: 'taken' } | { readonly state: 'unknown'; readonly error: unknown };
