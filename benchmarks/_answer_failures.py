"""Failures with an error status, for `benchmarks.diagnosis`."""

from benchmarks._failures import CAPTCHA, Failure
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

NGINX_502 = (
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center>"
    "<hr><center>nginx/1.25.3</center></body></html>"
)
# A rewrite cycle, and a lost backend
NGINX_500 = (
    "<html>\r\n<head><title>500 Internal Server Error</title></head>\r\n<body>\r\n"
    "<center><h1>500 Internal Server Error</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
)
LIGHTTPD_503 = (
    '<?xml version="1.0" encoding="iso-8859-1"?>\n<html><head><title>503 Service Unavailable</title></head>\n'
    "<body><h1>503 Service Unavailable</h1></body></html>\n"
)


def _http(name: str, truth: Kind, status: int, body: str = "", **headers: str) -> Failure:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    reply = Reply(status=status, body=body or f"<h1>{status}</h1>", headers=named)
    return Failure(name=name, truth=(truth,), replies={"*": reply, "/": reply})


ANSWER_FAILURES: tuple[Failure, ...] = (
    _http("origin 500", Kind.ORIGIN_ERROR, 500, "<h1>Application error</h1>"),
    _http("origin 503", Kind.ORIGIN_ERROR, 503, "<h1>Database is locked</h1>"),
    _http("nginx 500 of its own", Kind.PROXY_ERROR, 500, NGINX_500, Server="nginx/1.22.1"),
    _http("lighttpd 503", Kind.PROXY_ERROR, 503, LIGHTTPD_503, Server="lighttpd/1.4.69"),
    _http("nginx 502", Kind.PROXY_ERROR, 502, NGINX_502, Server="nginx/1.25.3"),
    _http("varnish 503", Kind.PROXY_ERROR, 503, "Error 503 Backend fetch failed", Via="1.1 varnish", X_Cache="MISS"),
    _http("CDN 504", Kind.PROXY_ERROR, 504, "", Server="cloudflare", CF_RAY="8a1-FRA"),
    _http("CDN 522", Kind.PROXY_ERROR, 522, "", Server="cloudflare", CF_RAY="8a1-FRA"),
    _http("404 after a change", Kind.CLIENT_ERROR, 404),
    _http("401 after a change", Kind.CLIENT_ERROR, 401, "", WWW_Authenticate='Basic realm="x"'),
    _http("403 plain", Kind.CLIENT_ERROR, 403, "<h1>Forbidden</h1>"),
    _http("429", Kind.QUOTA, 429, "Too many requests", Retry_After="60"),
    _http("403 quota", Kind.QUOTA, 403, "Daily quota exceeded", X_RateLimit_Remaining="0"),
    _http("403 captcha", Kind.BOT_WALL, 403, CAPTCHA, Server="cloudflare", CF_RAY="8a1", cf_mitigated="challenge"),
    _http(
        "HAProxy 503",
        Kind.PROXY_ERROR,
        503,
        "<h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
        Server="",
    ),
    _http(
        "HAProxy 502",
        Kind.PROXY_ERROR,
        502,
        "<h1>502 Bad Gateway</h1>\nThe server returned an invalid or incomplete response.\n</body></html>\n",
        Server="",
    ),
    _http(
        "ELB 503",
        Kind.PROXY_ERROR,
        503,
        "<html><head><title>503 Service Temporarily Unavailable</title></head></html>",
        Server="awselb/2.0",
    ),
    _http(
        "Envoy 503",
        Kind.PROXY_ERROR,
        503,
        "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
        Server="envoy",
    ),
    _http("Traefik 502", Kind.PROXY_ERROR, 502, "Bad Gateway", Server=""),
    _http(
        "Apache proxy 502",
        Kind.PROXY_ERROR,
        502,
        "<h1>Proxy Error</h1>\n<p>The proxy server received an invalid\nresponse from an upstream server.<br />\n</p>",
        Server="Apache/2.4",
    ),
    _http(
        "Apache proxy 503",
        Kind.PROXY_ERROR,
        503,
        "<h1>Service Unavailable</h1>\n<p>The server is temporarily unable to service your\nrequest due to maintenance "
        "downtime or capacity\nproblems. Please try again later.</p>\n",
        Server="Apache/2.4",
    ),
    _http(
        "CloudFront 502",
        Kind.PROXY_ERROR,
        502,
        "<title>ERROR: The request could not be satisfied</title>CloudFront wasn't able to connect to the origin.",
        Server="CloudFront",
        X_Cache="Error from cloudfront",
        X_Amz_Cf_Id="abc",
    ),
    _http(
        "Fastly 503 of the CDN",
        Kind.PROXY_ERROR,
        503,
        "Error 503 first byte timeout",
        X_Served_By="cache-fra1",
        Via="1.1 varnish",
    ),
    _http(
        "Heroku H10",
        Kind.PROXY_ERROR,
        503,
        "<iframe src='//www.herokucdn.com/error-pages/application-error.html'></iframe>",
        Server="Cowboy",
        Via="1.1 vegur",
    ),
    _http("Django 500 behind nginx", Kind.ORIGIN_ERROR, 500, "<h1>Server Error (500)</h1>", Server="nginx/1.25"),
    _http(
        "database gone, 500",
        Kind.ORIGIN_ERROR,
        500,
        "<h1>Error establishing a database connection</h1>",
        Server="Apache",
    ),
    _http("400", Kind.CLIENT_ERROR, 400, "Bad Request"),
    _http("410", Kind.CLIENT_ERROR, 410),
    _http(
        "403 of Akamai",
        Kind.BOT_WALL,
        403,
        "<TITLE>Access Denied</TITLE>You don't have permission to access this.<P>Reference #18.2d3e",
        Server="AkamaiGHost",
    ),
    _http(
        "403 of Incapsula",
        Kind.BOT_WALL,
        403,
        "Request unsuccessful. Incapsula incident ID: 1-2",
        X_Iinfo="1-2",
    ),
    _http(
        "403 of Cloudflare's firewall",
        Kind.BOT_WALL,
        403,
        "<title>Access denied | shop used Cloudflare to restrict access</title>Error 1020",
        Server="cloudflare",
        CF_RAY="8a1",
    ),
    _http(
        "429 of Cloudflare",
        Kind.QUOTA,
        429,
        "<title>Access denied | used Cloudflare to restrict access</title>1015 You are being rate limited",
        Server="cloudflare",
        CF_RAY="8a1",
    ),
    _http(
        "403 of DataDome",
        Kind.BOT_WALL,
        403,
        "<script src='https://ct.captcha-delivery.com/c.js'></script>",
        X_DataDome="protected",
    ),
    _http("503 of a challenge", Kind.BOT_WALL, 503, "<title>Just a moment...</title>", Server="cloudflare"),
    _http(
        "406 of ModSecurity",
        Kind.BOT_WALL,
        406,
        "<title>Not Acceptable!</title>This error was generated by Mod_Security.",
    ),
    _http("402", Kind.QUOTA, 402, "Payment required: DEPLOYMENT_DISABLED"),
    _http("509", Kind.QUOTA, 509, "<h1>Bandwidth Limit Exceeded</h1>"),
    _http("508", Kind.QUOTA, 508, "<h1>Resource Limit Is Reached</h1>"),
    _http("503 too busy", Kind.QUOTA, 503, "API rate limit exceeded", Retry_After="30"),
    _http("maintenance page 503", Kind.ORIGIN_ERROR, 503, "<h1>We are back soon</h1>", Retry_After="3600"),
)
