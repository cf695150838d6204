import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

export interface PlaygroundOptions {
  /** Documents to begin with, one in each tab; asked for again with each visit. */
  readonly queries: () => readonly string[];
}

/** The whole playground in one page: nothing is loaded from anywhere, so it works without a network. */
export function playgroundPage(queries: readonly string[]): string {
  const page = renderGraphiQL({
    title: 'Fleetgraph playground',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultTabs: queries.map((query) => ({ query })),
    shouldPersistHeaders: false,
  });
  return page.replace('</head>', `${STILL_TABS}</head>`);
}

/** Several tabs to begin with are left displaced by their entrance, and jump from under the pointer when they are clicked. */
const STILL_TABS = '<style>.graphiql-tab { transform: none !important; }</style>';
