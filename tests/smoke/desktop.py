"""Shows notifications as a desktop would: says each on standard output as a line of JSON, and clicks it at once.

Says "ready" once programs can reach it.
"""

import json

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
INTERFACE = """<node><interface name="org.freedesktop.Notifications">
  <method name="GetCapabilities"><arg direction="out" type="as"/></method>
  <method name="GetServerInformation">
    <arg direction="out" type="s"/><arg direction="out" type="s"/>
    <arg direction="out" type="s"/><arg direction="out" type="s"/>
  </method>
  <method name="Notify">
    <arg direction="in" type="s"/><arg direction="in" type="u"/><arg direction="in" type="s"/>
    <arg direction="in" type="s"/><arg direction="in" type="s"/><arg direction="in" type="as"/>
    <arg direction="in" type="a{sv}"/><arg direction="in" type="i"/>
    <arg direction="out" type="u"/>
  </method>
  <method name="CloseNotification"><arg direction="in" type="u"/></method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""

shown = 0
# The program listens for clicks only once it has been told the notification's number.
CLICK_AFTER_MS = 300


def click(connection, number):
    connection.emit_signal(
        None, PATH, NAME, "ActionInvoked", GLib.Variant("(us)", (number, "default"))
    )


def called(connection, _sender, _path, _interface, method, parameters, invocation):
    global shown
    if method == "Notify":
        _app, _replaces, _icon, summary, body, actions, _hints, _timeout = parameters.unpack()
        shown += 1
        print(json.dumps({"summary": summary, "body": body, "actions": actions}), flush=True)
        invocation.return_value(GLib.Variant("(u)", (shown,)))
        GLib.timeout_add(CLICK_AFTER_MS, click, connection, shown)
    elif method == "GetCapabilities":
        invocation.return_value(GLib.Variant("(as)", (["actions", "body", "body-markup"],)))
    elif method == "GetServerInformation":
        invocation.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))
    else:
        invocation.return_value(None)


def acquired(connection, _name):
    interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
    connection.register_object(PATH, interface, called, None, None)
    print("ready", flush=True)


Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, acquired, None, None)
GLib.MainLoop().run()
