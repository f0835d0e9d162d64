"""The app: pages, callbacks, nothing else."""

from collections.abc import Collection

from dash import Dash
from flask import Flask

from explorer import shell
from explorer.server import assets_folder, harden
from explorer.surface import callbacks as surface_callbacks
from explorer.surface import layout as surface_layout
from explorer.training import callbacks as training_callbacks
from explorer.training import layout as training_layout

_LABS = ((surface_layout, surface_callbacks), (training_layout, training_callbacks))


def create_app(hosts: Collection[str] = ()) -> Dash:
    """A new app that keeps nothing between requests; ``hosts`` are names it may be asked under besides localhost."""
    app = Dash(
        __name__,
        assets_folder=assets_folder(),
        update_title=None,  # type: ignore[arg-type]
        serve_locally=True,
        add_log_handler=False,
    )
    labs = [shell.Lab(lab.LAB, lab.TITLE, lab.PATH, lab.layout()) for lab, _ in _LABS]
    app.layout = shell.layout(labs)
    shell.register(app, labs)
    for _, callbacks in _LABS:
        callbacks.register(app)
    harden(app, frozenset(hosts))
    return app


def create_server(hosts: Collection[str] = ()) -> Flask:
    """The same as a WSGI app for any server, with any number of processes: ``explorer.app:create_server()``."""
    server: Flask = create_app(hosts).server
    return server
