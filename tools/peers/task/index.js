// What an in-box task does with its connection: sign in with azure-arm-rest, and read.
'use strict';

// The library's way through a proxy fails on this Node (https-proxy-agent 4), so that it goes without one: each connection to
// port 443 goes to the simulated cloud, and the library doesn't see it.
const net = require('net');
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (options && Number(options.port) === 443) {
    Object.assign(options, { host: '127.0.0.1', port: Number(process.env.PEERS_PORT) });
  }
  return connect.apply(this, args);
};

process.on('unhandledRejection', function (error) { console.log('unhandled: ' + error); process.exitCode = 1; });
process.chdir(__dirname);
const tl = require('azure-pipelines-task-lib/task');
const { AzureRMEndpoint } = require('azure-pipelines-tasks-azure-arm-rest/azure-arm-endpoint');
const { ServiceClient } = require('azure-pipelines-tasks-azure-arm-rest/AzureServiceClient');
const { WebRequest } = require('azure-pipelines-tasks-azure-arm-rest/webClient');

async function read(client, path, version) {
  const request = new WebRequest();
  request.method = 'GET';
  request.uri = client.getRequestUri('//subscriptions/{subscriptionId}' + path, {}, [], version);
  const response = await client.beginRequest(request);
  if (response.statusCode !== 200) {
    throw new Error(path + ': ' + response.statusCode + ' ' + JSON.stringify(response.body));
  }
  return response.body;
}

async function main() {
  const endpoint = await new AzureRMEndpoint(tl.getInput('connectedServiceNameARM', true)).getEndpoint(false, process.env.PEERS_MSAL === 'true');
  const client = new ServiceClient(endpoint.applicationTokenCredentials, endpoint.subscriptionID, 30);
  const subscription = await read(client, '', '2022-12-01');
  const told = { subscription: subscription.displayName, state: subscription.state, groups: [] };
  if (process.env.PEERS_READS === 'true') {
    told.groups = (await read(client, '/resourcegroups', '2021-04-01')).value.map(function (group) { return group.name; });
  }
  console.log('told ' + JSON.stringify(told));
}

main().catch(function (error) {
  console.log('##vso[task.complete result=Failed;]' + String(error && error.message || error).replace(/\s+/g, ' '));
});
