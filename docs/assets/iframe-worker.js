// A stand-in for Worker on pages that are opened from disk (file://), where browsers refuse to
// start one: the script runs in a hidden iframe. The theme's search uses it; on a web server it
// does nothing.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.srcdoc = "<!doctype html><title>worker</title>";
      this.started = new Promise((resolve) => {
        frame.onload = () => {
          const inner = frame.contentWindow;
          const load = (source) =>
            new Promise((loaded, failed) => {
              const script = inner.document.createElement("script");
              script.src = source;
              script.onload = loaded;
              script.onerror = () => failed(new Error(`cannot load ${source}`));
              inner.document.body.append(script);
            });
          // What a worker's global scope offers. Scripts load one after another.
          inner.importScripts = (...sources) =>
            sources.reduce((done, source) => done.then(() => load(source)), Promise.resolve());
          inner.postMessage = (data) =>
            this.dispatchEvent(new MessageEvent("message", { data }));
          load(new URL(url, location.href).href).then(() => resolve(inner));
        };
      });
      document.body.append(frame);
    }

    postMessage(data) {
      this.started.then((inner) =>
        inner.dispatchEvent(new inner.MessageEvent("message", { data })),
      );
    }

    terminate() {}
  };
  window.Worker = window.IFrameWorker;
}
