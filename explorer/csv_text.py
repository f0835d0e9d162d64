"""The text of a table cut into cells: separators, quotation marks, line ends, and what is no table at all."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from explorer.numbers import plural

MOST_ROWS = 5_000
MOST_COLUMNS = 50
LONGEST_TEXT = 4_000_000  # characters

_SEPARATORS = "\t;,"  # in a draw the first wins: beside the others a comma is a decimal mark


def cells_of(text: str) -> tuple[int, list[list[str]], str]:
    """The number of rows, the cells of as many as are used, perhaps names first, and the separator.

    ValueError with one sentence where the text is no table.
    """
    text = _plain(text)
    separator = _separator(text)
    found, used = _measured(text, separator)
    return found, _cells(used, separator), separator


def _plain(text: object) -> str:
    """The text with plain line ends; ValueError where it is too long or no table at first sight."""
    if not isinstance(text, str):
        raise ValueError("This is no table: it is no text.")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"The table has {len(text):,} characters; at most {LONGEST_TEXT:,} are possible.")
    start = text[:1000].lstrip("\ufeff \t\r\n").lower()
    if start.startswith("pk\x03\x04"):
        raise ValueError("This looks like an Excel file; save it as CSV first.")
    if "\0" in text or start.startswith("%pdf-"):
        raise ValueError("This is no table: it is binary data, not text; save the table as CSV first.")
    if start.startswith(("<!doctype", "<html", "<head", "<body", "<table", "<?xml")):
        raise ValueError("This looks like a web page; save the table as CSV first.")
    # a half of a surrogate pair has no UTF-8, in which pandas reads
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _separator(text: str) -> str:
    """The separator that parts most of the first lines into the same number of cells."""
    lines = list(islice(filter(str.strip, StringIO(text)), 20))

    def agreement(separator: str) -> int:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator, skipinitialspace=True)]
        except csv.Error:
            return 0
        return max(Counter(width for width in widths if width > 1).values(), default=0)

    return max(_SEPARATORS, key=agreement)


def _measured(text: str, separator: str) -> tuple[int, str]:
    """The number of rows and the lines of those that are used; ValueError where they are no table.

    This goes first because pandas takes a minute for a line of a million cells and fills up short rows in silence.
    """
    found = width = first = 0
    used: list[str] = []
    for line, lines, row in _rows(text, separator):
        found += 1
        if found == 1:
            width, first = len(row), line
        if width > MOST_COLUMNS:
            raise ValueError(f"The table has {width:,} columns; at most {MOST_COLUMNS} are possible.")
        if len(row) != width:
            found_here = f"Line {line:,} has {plural(len(row), 'cell')}"
            raise ValueError(f"{found_here}, but line {first:,} has {width}; all need the same number.")
        if found <= MOST_ROWS + 1:  # one may hold the names
            used.append(lines)
    if not found:
        raise ValueError("The file is empty.")
    if width < 2:
        raise ValueError("There is only one column: at least two are needed, parted by commas, semicolons or tabs.")
    return found, "".join(used)


def _rows(text: str, separator: str) -> Iterator[tuple[int, str, list[str]]]:
    """The rows that are not blank: the number of the line where it starts, its lines and its cells."""
    lines: list[str] = []
    reader = csv.reader(_recorded(text, lines), delimiter=separator, skipinitialspace=True, strict=True)
    line = 1
    try:
        for row in reader:
            if "".join(row).strip():
                yield line, "".join(lines), row
            lines.clear()
            line = reader.line_num + 1
    except csv.Error:
        reason = "a cell is too long or its quotation marks do not match"
        raise ValueError(f"This is no table: in line {line:,} {reason}.") from None


def _recorded(text: str, record: list[str]) -> Iterator[str]:
    for line in StringIO(text):
        record.append(line)
        yield line


def _cells(text: str, separator: str) -> list[list[str]]:
    """The cells row by row, without the blanks round them."""
    import pandas  # takes half a second, so not at the start

    source = StringIO(text)  # a text itself would be taken for a path or an address
    frame = pandas.read_csv(source, sep=separator, header=None, dtype=str, na_filter=False, skipinitialspace=True)
    return [[cell.strip() for cell in row] for row in frame.to_numpy().tolist()]
