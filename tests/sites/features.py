"""What the pages do: each feature is the body of an async function that runs in the browser.

``OTHER``, ``SECURE``, ``REFUSED`` and ``SECRETS`` are there as constants, ``until(claim)`` waits until *claim* holds.
"""

FEATURES = {
    "fetch": """
        await (await fetch("/json")).text();
        await fetch("/echo", {method: "POST", headers: {"Content-Type": "application/json"}, body: '{"item": 7}'});
        await fetch("/echo", {method: "PATCH", body: "plain text"});
        await fetch("/echo?method=unknown", {method: "PURGE"});
        await fetch("/gzip").then((answer) => answer.text());
        await fetch("/binary").then((answer) => answer.arrayBuffer());
        await fetch("/big?bytes=300000").then((answer) => answer.text());
        await fetch("/no-content");""",
    "forms": """
        const form = new FormData();
        form.set("title", "Größe & <b>Maß</b>");
        form.set("file", new Blob([new Uint8Array([0, 255, 128, 10])]), "bytes.bin");
        await fetch("/echo?form=multipart", {method: "POST", body: form});
        await fetch("/echo?form=urlencoded", {method: "POST", body: new URLSearchParams({title: "a b&c", page: "2"})});
        await fetch("/echo?form=bytes", {method: "POST", body: new Uint8Array([0, 159, 146, 150, 255])});
        await fetch("/echo?form=long", {method: "POST", body: "x".repeat(200_000)});""",
    "redirects": """
        await fetch("/redirect/3");
        await fetch("/redirect-post", {method: "POST", body: "kept"});""",
    "cors": """
        await fetch(OTHER + "/cors?simple");
        await fetch(OTHER + "/cors?preflight", {method: "PUT", headers: {"X-Custom": "1"}, body: "put"});
        await fetch(OTHER + "/cors?credentials", {credentials: "include"}).catch(() => 0);
        await fetch(OTHER + "/no-cors").catch(() => 0);
        await fetch(OTHER + "/no-cors-preflight", {method: "DELETE"}).catch(() => 0);""",
    "beacon": """navigator.sendBeacon("/beacon", "seen");""",
    "xhr": """
        await new Promise((done) => {
          const request = new XMLHttpRequest();
          request.open("GET", "/json?xhr");
          request.onloadend = done;
          request.send();
        });""",
    "worker": """
        const worker = new Worker("/worker.js");
        await new Promise((done) => { worker.onmessage = done; });
        const shared = new SharedWorker("/shared-worker.js");
        await new Promise((done) => { shared.port.onmessage = done; });""",
    "service-worker": """
        await navigator.serviceWorker.register("/service-worker.js");
        await navigator.serviceWorker.ready;
        await until(() => navigator.serviceWorker.controller);
        await fetch("/json?through-service-worker");
        await fetch("/made-by-service-worker");""",
    "streams": """
        await new Promise((done) => {
          const source = new EventSource("/events");
          source.addEventListener("last", () => { source.close(); done(); });
        });
        await new Promise((done) => {
          const socket = new WebSocket(OTHER.replace("http", "ws") + "/socket");
          let seen = 0;
          socket.onopen = () => { socket.send("hello"); socket.send(new Uint8Array([0, 255, 1])); };
          socket.onmessage = () => { if (++seen === 3) socket.close(1000, "bye"); };
          socket.onclose = done;
        });""",
    "frames": """
        for (const address of ["/frame", OTHER + "/frame"]) {
          const frame = document.createElement("iframe");
          frame.src = address;
          await new Promise((done) => { frame.onload = done; document.body.append(frame); });
        }""",
    "popup": """
        const popup = window.open("/plain?popup");
        if (popup) { await new Promise((done) => { popup.onload = done; }); popup.close(); }""",
    "download": """
        const frame = document.createElement("iframe");
        frame.src = "/download";
        document.body.append(frame);""",
    "hints": """
        const hints = [["preload", "/asset/preloaded.css", "style"], ["prefetch", "/asset/next.js", ""]];
        for (const [rel, href, as] of hints) {
          const link = Object.assign(document.createElement("link"), {rel, href});
          if (as) link.as = as;
          document.head.append(link);
        }""",
    "cached": """
        await (await fetch("/cached")).text();
        await (await fetch("/cached")).text();
        await (await fetch("/etag")).text();
        await (await fetch("/etag", {cache: "no-cache"})).text();""",
    "errors": """
        await fetch("/status/404");
        await fetch("/status/500");
        await fetch("/reset").then((answer) => answer.text()).catch(() => 0);
        await fetch("/reset-at-once").catch(() => 0);
        await fetch(REFUSED + "/").catch(() => 0);
        const control = new AbortController();
        setTimeout(() => control.abort(), 150);
        await fetch("/never", {signal: control.signal}).catch(() => 0);""",
    "blocked": """
        await fetch(OTHER + "/forbidden-by-csp").catch(() => 0);
        const picture = new Image();
        picture.src = OTHER + "/asset/picture.svg?forbidden-by-csp";
        await new Promise((done) => { picture.onload = picture.onerror = done; });""",
    "mixed": """
        const script = document.createElement("script");
        script.src = "http://mixed.invalid/insecure.js";
        await new Promise((done) => { script.onload = script.onerror = done; document.head.append(script); });""",
    "slow": """await (await fetch("/slow?ms=400")).text(); await (await fetch("/drip?ms=400")).text();""",
    "never": """
        fetch("/never").catch(() => 0);
        fetch("/drip?ms=600000").catch(() => 0);""",
    "endless": """
        setInterval(() => fetch("/json?" + Math.random()).catch(() => 0), 100);
        await fetch("/json");""",
    "dialogs": """
        alert("An alert"); confirm("A question"); prompt("A prompt");
        window.addEventListener("beforeunload", (event) => event.preventDefault());
        await fetch("/json?after-dialogs");""",
    "hostile": """
        console.error("<script>window.hostile = 1</script>", "%c styled", "\\u202e reversed");
        await fetch("/hostile?q=" + encodeURIComponent("<img src=x onerror=alert(1)>") + "&'\\"`|;$(id)",
          {method: "POST", headers: {"X-Note": "<script>alert(1)</script>'; $(touch pwned) `id`"},
           body: "'; rm -rf / #\\n<script>alert(1)</script>\\u2028$(id)`id`\\\\"});
        setTimeout(() => { throw new Error("<script>window.hostile = 2</script>"); });
        await until(() => performance.now() > 0);""",
    "console": """
        console.log("said", {answer: 42}, [1, 2]); console.warn("warned"); console.error("wrong");
        setTimeout(() => undefined_function());
        await new Promise((done) => setTimeout(done, 50));""",
    "secrets": """
        document.cookie = "session=" + SECRETS.script_cookie;
        await (await fetch("/secret?page=1&access_token=" + SECRETS.query, {
          headers: {"Authorization": "Bearer " + SECRETS.bearer, "X-Api-Key": SECRETS.api_key_header}})).text();
        await fetch("/echo?secret=form", {method: "POST",
          body: new URLSearchParams({user: "ada", password: SECRETS.form, note: "card " + SECRETS.card})});
        const form = new FormData();
        form.set("user", "ada"); form.set("password", SECRETS.multipart);
        await fetch("/echo?multipart", {method: "POST", body: form});
        await fetch("/echo?json", {method: "POST", headers: {"Content-Type": "application/json"},
          body: JSON.stringify({user: "ada", login: {client_secret: SECRETS.json}, seen: SECRETS.jwt})});
        document.title = "Welcome token=" + SECRETS.title;
        const query = {query: "mutation($a: Int) { login(a: $a) }", variables: {a: 1, password: SECRETS.graphql}};
        await fetch("/echo?graphql", {method: "POST", body: JSON.stringify(query)});
        await fetch("/echo?input=" + encodeURIComponent(JSON.stringify({password: SECRETS.json_in_query})));
        const latin1 = [..."user=J\u00fcrgen&password=" + SECRETS.latin1_form].map((char) => char.charCodeAt(0));
        await fetch("/echo?latin1", {method: "POST", body: new Uint8Array(latin1)});
        await (await fetch("/secret.html")).text();
        await fetch("/secret-redirect");
        const frame = document.createElement("iframe");
        frame.src = "/secret-frame?token=" + SECRETS.referer + "#id_token=" + SECRETS.fragment;
        await new Promise((done) => { frame.onload = done; document.body.append(frame); });
        await new Promise((done) => {
          const source = new EventSource("/secret-events");
          source.addEventListener("last", () => { source.close(); done(); });
        });
        await new Promise((done) => {
          const address = OTHER.replace("http", "ws") + "/secret-socket";
          const socket = new WebSocket(address, ["bearer", SECRETS.socket_protocol]);
          socket.onopen = () => {
            socket.send(new TextEncoder().encode(JSON.stringify({password: SECRETS.socket_binary})));
            socket.send(JSON.stringify({type: "login", token: SECRETS.socket_sent}));
          };
          socket.onmessage = () => socket.close();
          socket.onclose = done;
        });
        console.log("logged in with token=" + SECRETS.console, {password: SECRETS.console});
        setTimeout(() => { throw new Error("refused: Bearer " + SECRETS.uncaught); });
        await new Promise((done) => setTimeout(done, 100));""",
}

ALONE = ("blocked", "dialogs", "endless", "hostile", "mixed", "never", "popup", "secrets", "service-worker")
"""Features that need a page of their own: a header, another origin, or an end that does not come."""

EVERYTHING = [name for name in FEATURES if name not in ALONE]


def script(constants: dict[str, str]) -> str:
    """The script of all pages; *constants* maps names to JavaScript expressions."""
    known = "".join(f"const {name} = {value};\n" for name, value in constants.items())
    features = ",\n".join(f'"{name}": async () => {{{body}\n}}' for name, body in FEATURES.items())
    return known + _RUN.replace("/*FEATURES*/", features)


_RUN = """
const until = async (claim) => { while (!claim()) await new Promise((done) => setTimeout(done, 10)); };
const features = {
/*FEATURES*/
};
(async () => {
  for (const name of document.documentElement.dataset.features.split(" ").filter(Boolean))
    await features[name]().catch((error) => console.error(name, String(error)));
  window.isFinished = true;
  document.documentElement.dataset.finished = "yes";
})();
"""
