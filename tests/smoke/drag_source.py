"""A small window at the top left of the screen from which files can be dragged, as from a file manager.

Usage: drag_source.py FILE...
Says on standard output what happens to it: "shown", "begun", "accepted" or "refused" whenever what is under the mouse
changes its mind, "asked" for the files, "failed", "ended".
"""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

uris = [pathlib.Path(path).resolve().as_uri() for path in sys.argv[1:]]


def say(word):
    print(word, flush=True)


def begun(_widget, context):
    context.connect("action-changed", lambda _context, action: say("accepted" if action else "refused"))
    say("begun")


handle = Gtk.EventBox()
handle.add(Gtk.Label(label="drag"))
handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
handle.drag_source_add_uri_targets()
handle.connect("drag-begin", begun)
handle.connect("drag-failed", lambda *_: say("failed"))
handle.connect("drag-data-get", lambda _w, _c, data, *_: (data.set_uris(uris), say("asked")))
handle.connect("drag-end", lambda *_: say("ended"))

window = Gtk.Window(title="Drag source")
window.set_decorated(False)
window.set_keep_above(True)
window.set_default_size(80, 60)
window.add(handle)
window.connect("map-event", lambda *_: say("shown"))
window.show_all()
window.move(0, 0)
Gtk.main()
