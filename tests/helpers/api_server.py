"""A server of chat completions that answers as it is told."""

import http.server
import json


class Reply(http.server.BaseHTTPRequestHandler):
    replies: list = []
    seen: list = []
    keys: list = []

    def do_POST(self):
        self.keys.append(self.headers["Authorization"])
        self.seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        code, body, *location = self.replies.pop(0)
        self.send_response(code)
        if location:
            self.send_header("Location", location[0])
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


def answered(content: str, **message) -> str:
    choice = {"message": {"content": content, **message}, "finish_reason": "length"}
    return json.dumps({"choices": [choice], "usage": {"completion_tokens": 7}})
