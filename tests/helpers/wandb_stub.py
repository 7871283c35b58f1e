"""As much of a W&B server as `wandb sync` talks to: keeps what it is sent."""

import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Stub(ThreadingHTTPServer):
    """`sent`: (path, decoded body) of every request but questions about the server itself."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.sent: list[tuple[str, object]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def variables(self, operation: str) -> list[dict]:
        """What was given to each call of a GraphQL operation."""
        return [
            body["variables"] for path, body in self.sent if path == "/graphql" and operation in body["query"]
        ]

    def lines(self, name: str) -> list[dict]:
        """Lines of a file that was streamed, such as wandb-history.jsonl."""
        files = [body["files"] for path, body in self.sent if path.endswith("file_stream")]
        return [json.loads(line) for file in files if name in file for line in file[name]["content"]]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self) -> bytes:
        read = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return gzip.decompress(read) if self.headers.get("Content-Encoding") == "gzip" else read

    def answer(self):
        sent = self.body()
        if self.command == "POST":
            sent = json.loads(sent)
        self.server.sent.append((self.path, sent))
        data = json.dumps({"data": self.data(sent)} if self.path == "/graphql" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = answer

    def data(self, sent: dict) -> dict:
        query, given = sent["query"], sent.get("variables") or {}
        if "upsertBucket" in query:
            project = {"id": "p", "name": given["project"], "entity": {"id": "e", "name": "stub"}}
            bucket = {
                "id": "b",
                "name": given["name"],
                "config": "{}",
                "project": project,
                "historyLineCount": 0,
            }
            return {"upsertBucket": {"bucket": bucket, "inserted": True}}
        if "createArtifact(" in query:
            # "Committed": there already, so that its files are not asked for.
            artifact = {"id": "a", "state": "COMMITTED", "artifactSequence": {"latestArtifact": {"id": "a"}}}
            return {"createArtifact": {"artifact": artifact}}
        if "createRunFiles" in query:
            files = [{"name": name, "uploadUrl": f"{self.server.url}/put/{name}"} for name in given["files"]]
            return {"createRunFiles": {"runID": "b", "uploadHeaders": [], "files": files}}
        return {"serverInfo": {"features": []}} if "serverInfo" in query else {}
