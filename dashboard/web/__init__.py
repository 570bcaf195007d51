"""ASGI middleware, and the plain pages and links that need no page of NiceGUI, such as signing in."""
