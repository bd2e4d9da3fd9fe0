// CodeMirror writes a style element, which the content policy refuses in every document; into a shadow root it writes a sheet
// made by script, which is none. So it is told that the document is one.
import { StyleModule } from 'style-mod';

const mount = StyleModule.mount.bind(StyleModule);

const headless = {
  ownerDocument: document,
  get adoptedStyleSheets() {
    return document.adoptedStyleSheets;
  },
  set adoptedStyleSheets(sheets) {
    document.adoptedStyleSheets = sheets;
  },
};

/** Lets the styles of editors made from now on pass the content policy. */
export function adoptEditorStyles(): void {
  // Where there are no such sheets, as in tests, there is no content policy either.
  if (!('adoptedStyleSheets' in document)) return;
  StyleModule.mount = (_root, modules) => {
    mount(headless as unknown as ShadowRoot, modules);
  };
}
