/** Built from `assembly/` by `npm run build`, and by the tests before they run; the bundle holds its bytes. */
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
