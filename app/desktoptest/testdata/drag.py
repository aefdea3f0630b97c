# drag.py LIST: a small window that offers the files named in LIST, separated by NUL, to whoever they are
# dropped on. It says UP when it stands, and END when a drag is over.
import sys, gi
gi.require_version('Gtk', '3.0')
from gi.repository import Gtk, Gdk, GLib
from pathlib import Path

uris = [Path(a).as_uri() for a in Path(sys.argv[1]).read_text().split('\0')]
w = Gtk.Window(title='dragsource')
w.set_default_size(90, 60)
w.move(2, 300)
w.set_keep_above(True)
b = Gtk.EventBox()
b.add(Gtk.Label(label='drag me'))
w.add(b)
b.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
b.drag_source_add_uri_targets()
b.connect('drag-data-get', lambda _, c, data, i, t: data.set_uris(uris))

def end(*_):
    print('END', flush=True)
    GLib.timeout_add(200, Gtk.main_quit)

b.connect('drag-end', end)
w.connect('map-event', lambda *_: print('UP', flush=True))
w.show_all()
GLib.timeout_add_seconds(30, Gtk.main_quit)
Gtk.main()
