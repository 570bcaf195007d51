"""What stands between the wire and a page: who may pass, headers, compression, the plain pages of signing in."""
