import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

/** The whole playground in one page: nothing is loaded from anywhere, so it works without a network. */
export function playgroundPage(options: { readonly defaultQuery: string }): string {
  return renderGraphiQL({
    title: 'Fleetgraph playground',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: options.defaultQuery,
    shouldPersistHeaders: false,
  });
}
