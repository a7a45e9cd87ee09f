/** A JSON file as text. */
declare module '*.json?text' {
  const text: string;
  export default text;
}

/** A module and all it imports, as the text of one script; build.mjs bundles it. */
declare module '*.ts?text' {
  const text: string;
  export default text;
}

/** A module that runs when its function is called, which returns its exports. */
declare module '*.ts?lazy' {
  const load: () => unknown;
  export default load;
}
