"""Writes what is on the screen to a PNG file, or a part of it. Usage: picture.py FILE [X Y WIDTH HEIGHT] (in px)"""

import sys

import gi

gi.require_version("Gdk", "3.0")
from gi.repository import Gdk  # noqa: E402

root = Gdk.get_default_root_window()
path, *part = sys.argv[1:]
area = [int(number) for number in part] or [0, 0, root.get_width(), root.get_height()]
Gdk.pixbuf_get_from_window(root, *area).savev(path, "png", [], [])
