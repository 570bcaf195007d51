"""HAR files of one visit as five programs write them: a page, a cached picture, and a failure."""

from typing import Any

HarDict = dict[str, Any]

CHROME: HarDict = {
    "log": {
        "version": "1.2",
        "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [
            {
                "startedDateTime": "2026-11-24T03:00:00.000Z",
                "id": "page_1",
                "title": "https://shop.example/",
                "pageTimings": {"onContentLoad": 310.5, "onLoad": 590.25},
            }
        ],
        "entries": [
            {
                "_connectionId": "12",
                "_initiator": {"type": "other"},
                "_priority": "VeryHigh",
                "_resourceType": "document",
                "cache": {},
                "connection": "443",
                "pageref": "page_1",
                "request": {
                    "method": "GET",
                    "url": "https://shop.example/",
                    "httpVersion": "h2",
                    "headers": [{"name": ":authority", "value": "shop.example"}],
                    "queryString": [],
                    "cookies": [],
                    "headersSize": -1,
                    "bodySize": 0,
                },
                "response": {
                    "status": 200,
                    "statusText": "",
                    "httpVersion": "h2",
                    "headers": [{"name": "content-type", "value": "text/html"}],
                    "cookies": [],
                    "content": {"size": 9000, "mimeType": "text/html", "text": "<!doctype html>"},
                    "redirectURL": "",
                    "headersSize": -1,
                    "bodySize": -1,
                    "_transferSize": 3100,
                    "_error": None,
                    "_fetchedViaServiceWorker": False,
                },
                "serverIPAddress": "203.0.113.7",
                "startedDateTime": "2026-11-24T03:00:00.001Z",
                "time": 150.5,
                "timings": {
                    "blocked": 4.5,
                    "dns": 20,
                    "ssl": 40,
                    "connect": 60,
                    "send": 0.5,
                    "wait": 60,
                    "receive": 5.5,
                    "_blocked_queueing": 1.5,
                    "_workerStart": -1,
                },
            },
            {
                "_fromCache": "memory",
                "_resourceType": "image",
                "_priority": "Low",
                "cache": {},
                "request": {
                    "method": "GET",
                    "url": "https://shop.example/logo.png",
                    "httpVersion": "h2",
                    "headers": [],
                },
                "response": {
                    "status": 200,
                    "content": {"size": 1200, "mimeType": "image/png"},
                    "bodySize": 0,
                    "_transferSize": 0,
                    "_error": None,
                },
                "startedDateTime": "2026-11-24T03:00:00.200Z",
                "time": 0.1,
                "timings": {
                    "blocked": -1,
                    "dns": -1,
                    "ssl": -1,
                    "connect": -1,
                    "send": 0,
                    "wait": 0.05,
                    "receive": 0.05,
                },
            },
            {
                "_resourceType": "script",
                "request": {"method": "GET", "url": "https://shop.example/gone.js", "httpVersion": "h2", "headers": []},
                "response": {
                    "status": 404,
                    "content": {"size": 20, "mimeType": "text/html"},
                    "_transferSize": 120,
                    "_error": "net::ERR_HTTP_RESPONSE_CODE_FAILURE",
                },
                "startedDateTime": "2026-11-24T03:00:00.210Z",
                "time": 30,
                "timings": {"blocked": 1, "dns": -1, "connect": -1, "ssl": -1, "send": 1, "wait": 27, "receive": 1},
            },
            {
                "_resourceType": "fetch",
                "request": {"method": "GET", "url": "https://ads.example/x", "httpVersion": "", "headers": []},
                "response": {"status": 0, "content": {"size": 0}, "_transferSize": 0, "_error": "net::ERR_FAILED"},
                "startedDateTime": "2026-11-24T03:00:00.300Z",
                "time": 400,
                "timings": {"blocked": 400, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": 0, "receive": 0},
            },
        ],
    }
}

FIREFOX: HarDict = {
    "log": {
        "version": "1.2",
        "creator": {"name": "Firefox", "version": "151.0"},
        "browser": {"name": "Firefox", "version": "151.0"},
        "pages": [
            {
                "startedDateTime": "2026-11-24T04:00:00.000+01:00",
                "id": "page_1",
                "title": "A shop",
                "pageTimings": {"onContentLoad": 300, "onLoad": 580},
            }
        ],
        "entries": [
            {
                "pageref": "page_1",
                "startedDateTime": "2026-11-24T04:00:00.000+01:00",
                "time": 140,
                "request": {"method": "GET", "url": "https://shop.example/", "httpVersion": "HTTP/2", "headers": []},
                "response": {
                    "status": 200,
                    "httpVersion": "HTTP/2",
                    "content": {"mimeType": "text/html; charset=utf-8", "size": 9000, "text": "<!doctype html>"},
                    "redirectURL": "",
                    "headersSize": 400,
                    "bodySize": 3100,
                },
                "cache": {},
                "timings": {"blocked": 5, "dns": 20, "connect": 25, "ssl": 40, "send": 0, "wait": 45, "receive": 5},
                "serverIPAddress": "2001:db8::7",
                "connection": "443",
            },
            {
                "startedDateTime": "2026-11-24T04:00:00.200+01:00",
                "time": 0,
                "request": {"method": "GET", "url": "https://shop.example/logo.png", "httpVersion": "HTTP/2"},
                "response": {
                    "status": 200,
                    "content": {"mimeType": "image/png", "size": 1200},
                    "headersSize": 300,
                    "bodySize": 0,
                },
                "cache": {"afterRequest": None},
                "timings": {"blocked": 0, "dns": 0, "connect": 0, "ssl": 0, "send": 0, "wait": 0, "receive": 0},
            },
            {
                "startedDateTime": "2026-11-24T04:00:00.300+01:00",
                "time": 0,
                "request": {"method": "GET", "url": "https://ads.example/x", "httpVersion": ""},
                "response": {"status": 0, "content": {"mimeType": "", "size": -1}, "headersSize": -1, "bodySize": -1},
                "cache": {},
                "timings": {},
            },
        ],
    }
}

SAFARI: HarDict = {
    "log": {
        "version": "1.2",
        "creator": {"name": "WebKit Web Inspector", "version": "20623.1"},
        "pages": [
            {
                "startedDateTime": "2026-11-24T03:00:00.000Z",
                "id": "page_0",
                "title": "https://shop.example/",
                "pageTimings": {"onContentLoad": 320, "onLoad": 600},
            }
        ],
        "entries": [
            {
                "pageref": "page_0",
                "startedDateTime": "2026-11-24T03:00:00.000Z",
                "time": 150,
                "request": {"method": "GET", "url": "https://shop.example/", "httpVersion": "HTTP/2", "headers": []},
                "response": {
                    "status": 200,
                    "content": {"size": 9000, "compression": 6000, "mimeType": "text/html"},
                    "redirectURL": "",
                    "headersSize": 100,
                    "bodySize": 3000,
                    "_transferSize": 3100,
                },
                "cache": {},
                "timings": {"blocked": 2, "dns": 18, "connect": 70, "ssl": 45, "send": 1, "wait": 50, "receive": 9},
                "serverIPAddress": "203.0.113.7",
                "_fetchType": "Network Load",
            },
            {
                "startedDateTime": "2026-11-24T03:00:00.200Z",
                "time": 1,
                "request": {"method": "GET", "url": "https://shop.example/logo.png", "httpVersion": ""},
                "response": {"status": 200, "content": {"size": 1200, "mimeType": "image/png"}, "_transferSize": 0},
                "timings": {"blocked": 0, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": 1, "receive": 0},
                "_fetchType": "Disk Cache",
            },
            {
                "startedDateTime": "2026-11-24T03:00:00.300Z",
                "time": 0,
                "request": {"method": "GET", "url": "https://ads.example/x", "httpVersion": ""},
                "response": {
                    "status": 0,
                    "content": {"size": 0, "mimeType": "x-unknown"},
                    "headersSize": -1,
                    "bodySize": -1,
                    "_error": "A server with the specified hostname could not be found.",
                },
                "timings": {"blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": 0, "receive": 0},
            },
        ],
    }
}

CHARLES: HarDict = {
    "log": {
        "version": "1.2",
        "creator": {"name": "Charles Proxy", "version": "5.0"},
        "entries": [
            {
                "startedDateTime": "2026-11-24T05:00:00.000+02:00",
                "time": 155,
                "request": {
                    "method": "GET",
                    "url": "https://shop.example/",
                    "httpVersion": "HTTP/2.0",
                    "cookies": [],
                    "headers": [{"name": ":method", "value": "GET"}],
                    "queryString": [],
                    "headersSize": 350,
                    "bodySize": 0,
                },
                "response": {
                    "_charlesStatus": "COMPLETE",
                    "status": 200,
                    "statusText": None,
                    "httpVersion": "HTTP/2.0",
                    "content": {"size": 9000, "compression": 6000, "mimeType": "text/html", "text": "<!doctype html>"},
                    "redirectURL": None,
                    "headersSize": 100,
                    "bodySize": 3000,
                },
                "serverIPAddress": "203.0.113.7",
                "cache": {},
                "timings": {"dns": 20, "connect": 65, "ssl": 40, "send": 5, "wait": 60, "receive": 5},
            },
            {
                "startedDateTime": "2026-11-24T05:00:00.300+02:00",
                "time": 80,
                "request": {"method": "POST", "url": "https://api.shop.example/cart", "httpVersion": "HTTP/2.0"},
                "response": {
                    "_charlesStatus": "EXCEPTION",
                    "status": 200,
                    "statusText": "OK",
                    "content": {"size": 10, "mimeType": "application/json"},
                    "headersSize": 50,
                    "bodySize": 10,
                },
                "cache": {},
                "timings": {"dns": -1, "connect": -1, "ssl": -1, "send": 5, "wait": 60, "receive": 15},
            },
        ],
    }
}

PLAYWRIGHT: HarDict = {
    "log": {
        "version": "1.2",
        "creator": {"name": "Playwright", "version": "1.65.1"},
        "browser": {"name": "chromium", "version": "156.0.8078.114"},
        "pages": [],
        "entries": [
            {
                "startedDateTime": "2026-11-24T03:00:00.000Z",
                "time": 189.5,
                "request": {"method": "GET", "url": "https://shop.example/", "httpVersion": "HTTP/2.0", "headers": []},
                "response": {
                    "status": 200,
                    "httpVersion": "HTTP/2.0",
                    "content": {"size": 9000, "mimeType": "text/html", "compression": 6300},
                    "headersSize": 400,
                    "bodySize": 2700,
                    "_transferSize": 3100,
                },
                "cache": {},
                "timings": {"dns": 20, "connect": 60, "ssl": 40, "send": 0, "wait": 60, "receive": 9.5},
                "_monotonicTime": 3948.61,
                "_resourceType": "document",
                "serverIPAddress": "[2001:db8::7]",
                "_serverPort": 443,
            },
            {
                "startedDateTime": "2026-11-24T03:00:00.300Z",
                "time": 80,
                "request": {"method": "GET", "url": "https://ads.example/x", "httpVersion": "HTTP/1.1", "headers": []},
                "response": {
                    "status": -1,
                    "content": {"size": -1, "mimeType": "x-unknown"},
                    "bodySize": -1,
                    "_transferSize": -1,
                    "_failureText": "net::ERR_CONNECTION_REFUSED",
                },
                "cache": {},
                "timings": {"send": -1, "wait": -1, "receive": -1},
                "_resourceType": "fetch",
            },
            {
                "startedDateTime": "2026-11-24T03:00:00.400Z",
                "time": 90,
                "request": {"method": "GET", "url": "wss://shop.example/live", "httpVersion": "", "headers": []},
                "response": {"status": 101, "content": {"size": -1}},
                "timings": {"send": -1, "wait": -1, "receive": -1},
                "_resourceType": "websocket",
                "_webSocketMessages": [{"type": "send", "time": 1795489200450.0, "opcode": 1, "data": "hello"}],
            },
        ],
    }
}
