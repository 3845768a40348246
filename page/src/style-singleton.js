// Stands in for the package react-style-singleton (build.mjs), which writes a <style> element: `style-src 'self'`
// forbids that, and a style sheet that a script constructs does the same and is allowed.
import { useEffect } from 'react';

/** A component whose `styles` hold for the document while at least one of it is mounted. */
export function styleSingleton() {
  let users = 0;
  let sheet = null;
  return function Style({ styles, dynamic }) {
    useEffect(() => {
      if (users === 0) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(styles);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      }
      users += 1;
      return () => {
        users -= 1;
        if (users === 0) {
          document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
          sheet = null;
        }
      };
    }, [dynamic ? styles : null]);
    return null;
  };
}
