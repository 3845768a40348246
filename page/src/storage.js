/**
 * The browser's storage for GraphiQL's tabs and history, without what was in the headers editor: headers hold tokens.
 * GraphiQL's own switch for this (`shouldPersistHeaders`) covers the tabs, but the history keeps headers all the same.
 *
 * Null where the browser has no storage to give; GraphiQL then works without.
 */
export function storageWithoutHeaders() {
  let storage;
  try {
    storage = window.localStorage;
  } catch {
    return null;
  }
  return {
    get length() {
      return storage.length;
    },
    getItem: (key) => storage.getItem(key),
    removeItem: (key) => storage.removeItem(key),
    clear: () => storage.clear(),
    key: (index) => storage.key(index),
    setItem(key, value) {
      if (!key.endsWith(':headers')) {
        storage.setItem(key, TEXTS.test(key) ? value : withoutHeaders(value));
      }
    },
  };
}

// What the reader has typed, and not a record of GraphiQL's: a variable may well be called `headers`.
const TEXTS = /:(query|variables)$/;

/** A record loses each property of the name `headers`, at any depth; a text that is not JSON is left as it is. */
function withoutHeaders(text) {
  try {
    // Null and not absent: GraphiQL takes tabs without the property for damaged ones and drops them.
    return JSON.stringify(JSON.parse(text, (name, value) => (name === 'headers' ? null : value)));
  } catch {
    return text;
  }
}
