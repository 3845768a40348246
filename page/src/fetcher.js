import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-ws';

/**
 * What GraphiQL calls to run a document: queries and mutations over HTTP, subscriptions over a WebSocket at the same
 * path. Nothing of the headers is kept anywhere but in the page's memory.
 *
 * @param {URL} endpoint where the API is, with an http or https scheme
 */
export function createFetcher(endpoint) {
  return (params, { headers = {} } = {}) =>
    isSubscription(params) ? subscribe(endpoint, params, headers) : post(endpoint, params, headers);
}

/** A document that cannot be parsed is the server's to refuse, over HTTP. */
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false;
  }
}

async function post(endpoint, params, headers) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(params),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, say. GraphiQL shows the message of what is thrown.
    throw new Error(`HTTP ${response.status} ${response.statusText}, which is not JSON: ${text.slice(0, 500)}`);
  }
}

// A browser cannot send headers with a WebSocket's handshake, so what authorizes goes into connection_init. One socket
// for each subscription: the next one may have another token.
async function* subscribe(endpoint, params, headers) {
  const url = new URL(endpoint);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  const client = createClient({
    url: url.href,
    connectionParams: authorization === undefined ? undefined : { authorization },
    // The reader should see that a connection ended, not a silent new one with a gap.
    retryAttempts: 0,
  });
  try {
    yield* client.iterate(params);
  } catch (error) {
    if (Array.isArray(error)) {
      yield { errors: error };
    } else if (typeof error?.code === 'number') {
      throw new Error(`The WebSocket was closed: ${error.code} ${error.reason}`.trim());
    } else {
      throw error;
    }
  } finally {
    client.dispose();
  }
}
