"""Secrets that the site plants; none of them may be found in a store. The key says where it is planted."""

import base64

HEADER_OF_JWT = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")

SECRETS = {
    "query": "planted-query-3f9a1c",
    "fragment": "planted-fragment-77b0d2",
    "referer": "planted-referer-5511ac",
    "bearer": "planted-bearer-c0ffee42",
    "api_key_header": "planted-apikey-9d8e7f",
    "script_cookie": "planted-cookie-a1b2c3",
    "set_cookie": "planted-setcookie-d4e5f6",
    "answer_header": "planted-header-0f1e2d",
    "form": "planted-form-pa55word",
    "multipart": "planted-multipart-8080aa",
    "json": "planted-json-secret-1212",
    "json_answer": "planted-answer-token-3434",
    "html_answer": "planted-html-csrf-9898",
    "jwt": f"{HEADER_OF_JWT}.eyJzdWIiOiJwbGFudGVkLWp3dCJ9.c2lnbmF0dXJlLXBsYW50ZWQ",
    "card": "4111 1111 1111 1111",
    "socket_sent": "planted-socket-sent-5656",
    "socket_received": "planted-socket-received-7878",
    "socket_binary": "planted-socket-binary-1a2b",
    "socket_protocol": "planted-socket-protocol-3c4d",
    "graphql": "planted-graphql-5e6f",
    "json_in_query": "planted-json-in-query-7a8b",
    "latin1_form": "planted-latin1-9c0d",
    "title": "planted-title-2e4f",
    "event_stream": "planted-stream-token-9090",
    "console": "planted-console-token-abab",
    "uncaught": "planted-uncaught-bearer-cdcd",
    "redirect": "planted-redirect-code-efef",
}
