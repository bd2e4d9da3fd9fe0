declare module 'virtual:licences' {
  /** `Licences` (domain/licences) as JSON, which is quicker to read than a program is to run. */
  const json: string;
  export default json;
}
declare const APP_VERSION: string;
