// The search of the documentation site, as a browser runs it: the theme's own worker on the built
// index. Prints, for each query, the pages that it finds as JSON.
//
//     node search.js SITE QUERY...
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const [site, ...queries] = process.argv.slice(2);
const folder = path.join(site, "assets/javascripts/workers");
const worker = fs.readdirSync(folder).find((name) => /^search.*\.js$/.test(name));
const answers = [];
let handler;
const scope = {
  URL,
  console,
  setTimeout,
  performance,
  addEventListener: (_, listener) => (handler = listener),
  postMessage: (message) => answers.push(message),
  importScripts: (...files) => files.forEach((file) => run(path.resolve(folder, file))),
};
scope.self = scope;
vm.createContext(scope);

function run(file) {
  vm.runInContext(fs.readFileSync(file, "utf8"), scope);
}

(async () => {
  run(path.join(folder, worker));
  const { config, docs } = JSON.parse(fs.readFileSync(path.join(site, "search/search_index.json")));
  await handler({ data: { type: 0, data: { config, docs, options: {} } } });
  const found = {};
  for (const query of queries) {
    answers.length = 0;
    await handler({ data: { type: 2, data: query } });
    found[query] = answers[0].data.items.flat().map((item) => item.location);
  }
  console.log(JSON.stringify(found));
})();
