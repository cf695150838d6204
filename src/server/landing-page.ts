/** The page at `/` until the dashboard exists: says what runs here and leads to the playground. */
export function landingPage(options: { readonly playground: boolean; readonly graphqlUrl: string }): string {
  const lead = options.playground
    ? '<p><a href="/playground">Open the playground</a> to ask it something.</p>'
    : '<p>The playground is off here (<code>--playground on</code> shows it).</p>';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fleetgraph</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
code { font-size: .95em }
</style>
</head>
<body>
<h1>Fleetgraph</h1>
<p>One GraphQL endpoint over a fleet of Kubernetes clusters.</p>
${lead}
<ul>
<li><code>POST ${options.graphqlUrl}</code> queries and mutations; with <code>accept: text/event-stream</code> subscriptions</li>
<li>WebSocket at the same address (<code>graphql-transport-ws</code>)</li>
<li><a href="/readyz?verbose">/readyz</a>, <a href="/livez">/livez</a>, <a href="/metrics">/metrics</a></li>
</ul>
</body>
</html>
`;
}
