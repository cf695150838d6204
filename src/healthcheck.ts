/** The image's health check: exit code 0 when the gateway in this container says that it lives. */
import { get } from 'node:http';

const port = process.env['FLEETGRAPH_PORT'] ?? '4000';
const request = get({ host: '127.0.0.1', port, path: '/livez', timeout: 2_000 }, (response) => {
  response.resume();
  process.exitCode = response.statusCode === 200 ? 0 : 1;
});
request.on('timeout', () => request.destroy());
request.on('error', () => {
  process.exitCode = 1;
});
