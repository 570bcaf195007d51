"""Says how certain a finding is, and for each kind what to do next."""

from core.diagnosis.kinds import Kind

CONFIDENCE = {"high": "Certain", "likely": "Likely", "note": "Notable"}

NEXT_STEPS: dict[str, str] = {
    Kind.DNS: "Check that the domain is registered and paid, and that its name servers have the record.",
    Kind.DNS_CHANGED: "If the website has not moved, correct the DNS record. If it has, check the new server.",
    Kind.CONNECT_BLOCKED: "Allow the address in Watchwright's settings, or watch another URL.",
    Kind.PROXY: "Check that the proxy of this website's checks runs, and its user name and password.",
    Kind.CONNECT_REFUSED: "Check that the server program runs, and that it listens on this port.",
    Kind.CONNECT_TIMEOUT: "Check that the machine runs, and that its firewall allows this port.",
    Kind.CONNECT_FAILED: "Check the machine's network, its route, and the address in DNS.",
    Kind.TLS_EXPIRED: "Renew the certificate, or replace the expired one of its issuer, and reload the server.",
    Kind.TLS_NOT_YET_VALID: "Check the clocks of both machines. Use the old certificate until the new one is valid.",
    Kind.TLS_WRONG_HOST: "Install a certificate that names this host, or correct which virtual host responds.",
    Kind.TLS_UNTRUSTED: "Install a certificate of a trusted authority, with its intermediate certificates.",
    Kind.TLS_PROTOCOL: "Configure the port for TLS 1.2 or 1.3, or correct the port.",
    Kind.TLS_FAILED: "Read the log of the server or load balancer that ends TLS, at the time of the failure.",
    Kind.TLS_EXPIRES_SOON: "Renew the certificate, and find out why it was not renewed automatically.",
    Kind.REDIRECT_LOOP: "Compare the redirects of the application with those of the proxy or CDN in front of it.",
    Kind.REDIRECT_REFUSED: "Correct the address to which the website redirects.",
    Kind.BOT_WALL: "Allow Watchwright's user agent or address in the bot protection.",
    Kind.QUOTA: "Find out what uses up the limit, or raise it. Check that the plan is paid.",
    Kind.PROXY_ERROR: "Check that the server behind the proxy runs, its log, and the settings of the proxy.",
    Kind.ORIGIN_ERROR: "Read the application's log at the time of the failure.",
    Kind.CLIENT_ERROR: "Check what changed last: the deploy, the routes, the permissions, the firewall.",
    Kind.BROKEN_ANSWER: "Read the log of the server, and of the proxy in front of it, at the time of the failure.",
    Kind.SLOW_FIRST_BYTE: "Check the load of the server, its database and the services that it calls.",
    Kind.SLOW_DOWNLOAD: "Check the size of the response, its compression, and the bandwidth of the server.",
    Kind.SLOW_CONNECT: "Check the network between this machine and the server, and the load of the server.",
    Kind.DEPLOY: "Check that all files of the deploy are on the server. If not, deploy again or roll back.",
    Kind.CONTENT_CHANGED: "Compare the screenshot with the one of the last good session. Check the last deploy.",
    Kind.MIXED_CONTENT: "Request this content over https.",
    Kind.CORS: "Let the other origin send the CORS headers that this page needs, also with cached responses.",
    Kind.CSP: "Add what the page needs to its Content-Security-Policy, or remove it from the page.",
    Kind.SCRIPT_FAILED: "Check that the file is on the server, and its Content-Type. Check the last deploy.",
    Kind.STYLESHEET_FAILED: "Check that the file is on the server, and its Content-Type. Check the last deploy.",
    Kind.API_FAILED: "Read the log of the service behind this request, at the time of the failure.",
    Kind.THIRD_PARTY_FAILED: "Check the provider's status page, and whether your account and its keys are valid.",
    Kind.SLOW_SCRIPT: "Profile this script in the browser's developer tools. Split its work, or move it to a worker.",
    Kind.BLANK_PAGE: "Read the console of the session, and check the last deploy.",
    Kind.PAGE_ERROR: "Look at the script at this line, and check the last deploy.",
    Kind.RESOURCE_FAILED: "Check that the files are on the server that the page names.",
}


def next_step(kind: str) -> str | None:
    """Return what to do about a finding of *kind*; None if nothing general can be said."""
    return NEXT_STEPS.get(kind)
