"""Public content: status pages and badges, served without sockets and scripts."""
