"""Writes what is on the screen to a PNG file, or a part of a window: picture.py FILE [WINDOW X Y WIDTH HEIGHT] (in px)"""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("GdkX11", "3.0")
from gi.repository import Gdk, GdkX11  # noqa: E402

path, *part = sys.argv[1:]
if part:
    window_id, *area_px = (int(number) for number in part)
    window = GdkX11.X11Window.foreign_new_for_display(Gdk.Display.get_default(), window_id)
else:
    window = Gdk.get_default_root_window()
    area_px = [0, 0, window.get_width(), window.get_height()]
Gdk.pixbuf_get_from_window(window, *area_px).savev(path, "png", [], [])
