"""Compiles JSON paths that people write, and rejects those that could take too long. Pure.

`core.schemas.patterns` imports this module only if there is a path, because the library takes 7 MB of memory.
"""

from functools import lru_cache

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError, JSONPathQuery
from jsonpath_rfc9535.lex import tokenize
from jsonpath_rfc9535.tokens import TokenType

# Queries over hostile JSON must take linear time. RFC 9535 allows nesting of each of these, and every level multiplies
# the cost. `match` and `search` would use a backtracking regex engine.
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
    """Return *path* (RFC 9535) compiled to a query that takes linear time.

    Raises:
        ValueError: *path* is malformed, or could take more than linear time.
    """
    try:
        query = _PATHS.compile(path)
        tokens = [token.type_ for token in tokenize(path)]
    except JSONPathError as error:
        raise ValueError(f"the JSON path must be such as $.status or $.checks[0].ok: {error.args[0]}") from error
    for kind, words in ONCE_AT_MOST.items():
        if tokens.count(kind) > 1:
            raise ValueError(f"the JSON path may contain {words} only once")
    if tokens.count(TokenType.ROOT) > 1:
        raise ValueError("the JSON path may contain $ only at its start")
    if TokenType.COMMA in tokens:
        raise ValueError("the JSON path may select one thing at a time; give several expectations instead")
    return query
