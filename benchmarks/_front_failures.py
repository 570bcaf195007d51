"""Failures that only show in the rendered page, while all requests succeed, for `benchmarks.diagnosis`."""

from benchmarks._failures import Failure, on_page, page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JS = "text/javascript"
WITH_CHECKOUT = page(more="<script src=/checkout.js></script>")
WORK = "function work(ms) { const end = performance.now() + ms; while (performance.now() < end); }"
LAYOUT = (
    "addEventListener('load', function resize() { const box = document.createElement('div'); app.append(box);"
    "for (let n = 0; n < 3000; n++) box.append(document.createElement('p')); const end = performance.now() + 3000;"
    "for (let n = 0; performance.now() < end; n++) { box.style.width = `${300 + (n % 50)}px`; box.offsetHeight } })"
)


def _checkout(name: str, *truth: Kind, script: str) -> Failure:
    return on_page(
        name,
        *truth,
        healthy={"/": WITH_CHECKOUT, "/checkout.js": Reply(body="window.ready = 1", kind=JS)},
        replies={"/checkout.js": Reply(body=script, kind=JS)},
        time_limit_seconds=10.0,
    )


FRONT_FAILURES: tuple[Failure, ...] = (
    _checkout("script keeps the page busy at its start", Kind.SLOW_SCRIPT, script=f"{WORK} work(3000)"),
    _checkout("script keeps the page busy in a timer", Kind.SLOW_SCRIPT, script=f"{WORK} setTimeout(work, 200, 2500)"),
    _checkout("script forces layout again and again", Kind.SLOW_SCRIPT, script=LAYOUT),
    on_page(
        "third party keeps the page busy",
        Kind.SLOW_SCRIPT,
        healthy={"/": page(more='<script src="http://localhost:{other}/widget.js"></script>')},
        replies={"/": page(more='<script src="http://localhost:{other}/busy.js"></script>')},
        time_limit_seconds=10.0,
    ),
)
FRONT_HEALTHY: dict[str, dict[str, Reply]] = {
    "a page that is always busy for 2 s": {"/": page(more=f"<script>{WORK} work(2000)</script>")},
    "a page that starts slowly": {"/": page(more=f"<script>{WORK} addEventListener('load', () => work(700))</script>")},
    "a worker that is busy": {
        "/": page(more="<script>new Worker('/worker.js')</script>"),
        "/worker.js": Reply(body=f"{WORK} work(3000)", kind=JS),
    },
}
