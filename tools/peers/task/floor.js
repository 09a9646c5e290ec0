// The requests that can't be avoided, with nothing but Node.
'use strict';

const https = require('https');
const environment = process.env;

function send(host, method, path, headers, body) {
  return new Promise(function (resolve, reject) {
    const request = https.request({ host: '127.0.0.1', port: environment.PEERS_PORT, servername: host, method: method, path: path,
      headers: Object.assign({ Host: host }, headers) }, function (response) {
      let text = '';
      response.on('data', function (part) { text += part; });
      response.on('end', function () {
        if (response.statusCode !== 200) {
          reject(new Error(host + ': ' + response.statusCode + ' ' + text));
          return;
        }
        resolve(JSON.parse(text));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function main() {
  const id = environment.INPUT_CONNECTEDSERVICENAMEARM;
  const of = function (name) { return environment['ENDPOINT_AUTH_PARAMETER_' + id + '_' + name]; };
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: of('SERVICEPRINCIPALID'), scope: 'https://management.azure.com/.default' });
  if (of('SERVICEPRINCIPALKEY')) {
    form.set('client_secret', of('SERVICEPRINCIPALKEY'));
  } else {
    const address = new URL(environment.SYSTEM_OIDCREQUESTURI);
    const answer = await send(address.host, 'POST', address.pathname + '?api-version=7.1&serviceConnectionId=' + id,
      { Authorization: 'Bearer ' + environment.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN, 'Content-Length': 0 });
    form.set('client_assertion', answer.oidcToken);
    form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  }
  const token = await send('login.microsoftonline.com', 'POST', '/' + of('TENANTID') + '/oauth2/v2.0/token', { 'Content-Type': 'application/x-www-form-urlencoded' }, form.toString());
  await send('management.azure.com', 'GET', '/subscriptions/' + environment['ENDPOINT_DATA_' + id + '_SUBSCRIPTIONID'] + '?api-version=2022-12-01',
    { Authorization: 'Bearer ' + token.access_token });
}

main().catch(function (error) {
  console.log('##vso[task.complete result=Failed;]' + error.message);
});
