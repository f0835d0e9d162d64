"""Error Surface Explorer: the browser app over `engine`, one folder per lab."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("error-surface-explorer")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+source"
