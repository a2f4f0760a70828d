// A reverse proxy in front of several servers, for tests: requests go to them in turn. One that could not be sent, because its server does not
// listen, goes to the next one when repeating it is harmless (GET, HEAD), and is answered with 502 otherwise; nothing else is repeated.
//
//   const balancer = await startBalancer(() => servers.map((server) => server.url));
//   balancer.url; balancer.counts   // { "200": 10, … } of what servers answered; 502 of its own are counted as "cut"
//   await balancer.stop();
import http from "node:http";

export async function startBalancer(urls) {
  const agent = new http.Agent({ keepAlive: true });
  const counts = {}, failures = [];
  let turn = 0;
  const count = (what) => { counts[what] = (counts[what] ?? 0) + 1; };

  function pass(request, body, response, tries) {
    const all = urls(), target = new URL(all[turn++ % all.length]);
    const harmless = ["GET", "HEAD"].includes(request.method);
    const ahead = http.request({ agent, host: target.hostname, port: target.port, path: request.url, method: request.method,
      headers: { ...request.headers, "x-forwarded-for": request.socket.remoteAddress } });
    ahead.on("response", (answer) => {
      count(answer.statusCode);
      if (answer.statusCode >= 500) failures.push(`${request.method} ${request.url} ${answer.statusCode} from ${target.port}`);
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.on("error", () => response.destroy());
      answer.on("aborted", () => response.destroy());
      answer.pipe(response);
    });
    ahead.on("error", (error) => {
      if (response.headersSent) { response.destroy(); return; }
      if (error.code === "ECONNREFUSED" && harmless && tries < all.length) { pass(request, body, response, tries + 1); return; }
      count("cut");
      response.writeHead(502, { "X-Balancer": "1", "Content-Length": "0" }).end();
    });
    ahead.end(body);
  }

  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    pass(request, Buffer.concat(chunks), response, 1);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    counts,
    failures,
    stop: () => new Promise((done) => { server.close(done); server.closeAllConnections(); agent.destroy(); }),
  };
}
