"""JSON paths that a person may write, compiled where matching them cannot run away. Pure.

Apart from `core.schemas.patterns`, which imports this when there is a path: the library takes 7 MB of memory.
"""

from functools import lru_cache

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError, JSONPathQuery
from jsonpath_rfc9535.lex import tokenize
from jsonpath_rfc9535.tokens import TokenType

# Queries over hostile JSON must stay linear in its size: RFC 9535 allows each of these to be nested, at a cost
# that multiplies with every further one. `match` and `search` would bring back a backtracking engine.
ONCE_AT_MOST = {TokenType.DOUBLE_DOT: "..", TokenType.FILTER: "?"}
NO_FUNCTIONS = ("match", "search")


class _Paths(JSONPathEnvironment):
    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in NO_FUNCTIONS:
            self.function_extensions.pop(name, None)


_PATHS = _Paths()


@lru_cache(maxsize=1_024)
def compiled(path: str) -> JSONPathQuery:
    """The compiled form of *path* (RFC 9535), which takes time linear to the document's size.

    Raises:
        ValueError: It is malformed, or could take far longer; the message says which.
    """
    try:
        query = _PATHS.compile(path)
        tokens = [token.type_ for token in tokenize(path)]
    except JSONPathError as error:
        raise ValueError(f"the JSON path must be such as $.status or $.checks[0].ok: {error.args[0]}") from error
    for kind, words in ONCE_AT_MOST.items():
        if tokens.count(kind) > 1:
            raise ValueError(f"the JSON path may hold {words} only once")
    if tokens.count(TokenType.ROOT) > 1:
        raise ValueError("the JSON path may start with $ and not return to it")
    if TokenType.COMMA in tokens:
        raise ValueError("the JSON path may select one thing at a time; give several expectations instead")
    return query
