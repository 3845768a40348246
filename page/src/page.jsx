import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { createRoot } from 'react-dom/client';
import { createFetcher } from './fetcher.js';
import { storageWithoutHeaders } from './storage.js';
import './page.css';

const DEFAULT_QUERY = `# The book on the left is the reference of this API.
# Ctrl+Space completes, Ctrl+Enter runs.
#
# Without a token you are a visitor. To act as
# somebody, put it into the tab "Headers" below:
#   { "Authorization": "Bearer TOKEN" }
# Subscriptions use it too. A reload forgets it.

query Marketplace {
  listings(first: 5) {
    totalCount
    nodes {
      slug
      name
      summary
    }
  }
}
`;

// Relative, so that the page also works behind a proxy that serves it under a prefix.
const fetcher = createFetcher(new URL('graphql', document.baseURI));

createRoot(document.getElementById('page')).render(
  <GraphiQL
    fetcher={fetcher}
    defaultQuery={DEFAULT_QUERY}
    defaultEditorToolsVisibility="headers"
    defaultHeaders={'{\n  \n}'}
    isHeadersEditorEnabled
    // Headers hold tokens: never in the browser's storage, and no switch to put them there.
    storage={storageWithoutHeaders()}
    shouldPersistHeaders={false}
    showPersistHeadersSettings={false}
  >
    <GraphiQL.Logo>Partnergraph</GraphiQL.Logo>
  </GraphiQL>,
);
