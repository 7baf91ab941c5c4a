"""Tables of comments in files: CSV, JSON Lines and Parquet, row by row, in chunks.

``open_table`` reads, ``open_writer`` writes. What a row held is kept as it stood: CSV cells
are text and nothing is guessed, JSON values and Parquet types stay what they are. A row that
cannot be read becomes a ``Reject`` with its line; the rows after it are read all the same.
"""

from moderation.tables.reading import Chunk, Reject, Table, open_table
from moderation.tables.writing import (
    Writer,
    cell_made_inert,
    check_writable,
    open_writer,
    replacing,
)

__all__ = [
    "Chunk",
    "Reject",
    "Table",
    "Writer",
    "cell_made_inert",
    "check_writable",
    "open_table",
    "open_writer",
    "replacing",
]
