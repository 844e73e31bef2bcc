/** Made by `first-texts.ts` of the modules with all texts. */
declare module 'virtual:first-texts/*' {
  export const texts: Readonly<Record<string, string>>;
}
