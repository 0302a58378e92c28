"""Taught in lesson 12. What can be done in the administration window: menus, toolbar, shortcuts."""

from dataclasses import dataclass

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QHBoxLayout, QLineEdit, QToolBar, QWidget

from common.icons import DRAWINGS, icon


@dataclass(frozen=True)
class Deed:
    """Something that can be done: its name, what the menu calls it, its keys, and its tooltip."""

    name: str
    text: str
    keys: object
    tip: str


DEEDS = (
    Deed("start", "&Start", "F6", "Start the server"),
    Deed("stop", "S&top", "Shift+F6", "Stop the server: everybody is disconnected"),
    Deed("settings", "S&ettings…", "Ctrl+,", "Database, address, port and names"),
    Deed("quit", "&Quit", "Ctrl+Q", "Close this window"),
    Deed("register", "&Register…", "Ctrl+N", "Make an account for somebody"),
    Deed("remove", "Re&move…", QKeySequence.Delete, "Remove the selected account"),
    Deed("disconnect", "&Disconnect", "Ctrl+D", "End the selected user's connection"),
    Deed("refresh", "Re&fresh", "F5", "Read the tables anew, now"),
    Deed("filter", "F&ind", QKeySequence.Find, "Go to the filter"),
    Deed("about", "&About", QKeySequence.UnknownKey, "What this program is"),
)
MENUS = {
    "&Server": ("start", "stop", None, "settings", None, "quit"),
    "&Users": ("register", "remove", None, "disconnect"),
    "&View": ("refresh", "filter"),
    "&Help": ("about",),
}
TOOLBAR = ("start", "stop", None, "register", "remove", "disconnect", None, "refresh", "settings")


def make_actions(window):
    """Return the actions of a window by their names: each is called `startAction` and so on."""
    actions = {}
    for deed in DEEDS:
        action = QAction(deed.text, window, objectName=f"{deed.name}Action")
        action.setShortcut(QKeySequence(deed.keys))
        keys = action.shortcut().toString(QKeySequence.NativeText)
        action.setToolTip(f"{deed.tip} ({keys})" if keys else deed.tip)
        action.setIconText(deed.text.replace("&", "").rstrip("…"))
        if deed.name in DRAWINGS:
            action.setIcon(icon(deed.name))
        actions[deed.name] = action
    return actions


def fill_menus(bar, actions):
    """Put the actions into menus."""
    for title, names in MENUS.items():
        menu = bar.addMenu(title)
        menu.setObjectName(title.strip("&").lower() + "Menu")
        add(menu, actions, names)


def make_toolbar(actions):
    """Return a toolbar with the actions that are wanted often."""
    bar = QToolBar("Toolbar", objectName="toolBar", movable=False)
    bar.setContentsMargins(6, 4, 8, 4)
    bar.setIconSize(QSize(22, 22))
    bar.setToolButtonStyle(Qt.ToolButtonTextBesideIcon)
    bar.setContextMenuPolicy(Qt.PreventContextMenu)
    add(bar, actions, TOOLBAR)
    return bar


def add(place, actions, names):
    """Add actions to a menu or a toolbar; None is a line between them."""
    for name in names:
        place.addAction(actions[name]) if name else place.addSeparator()


def in_corner(field):
    """Return the field with some room around it, for the corner of the tabs."""
    corner = QWidget()
    layout = QHBoxLayout(corner)
    layout.setContentsMargins(4, 2, 8, 4)
    layout.addWidget(field)
    return corner


def make_filter():
    """Return the field in which one types what the tables are to show."""
    field = QLineEdit(objectName="filterField", placeholderText="Filter: name, address or text")
    field.setAccessibleName("Filter of the tables")
    field.setClearButtonEnabled(True)
    field.setFixedWidth(30 * field.fontMetrics().averageCharWidth())
    return field
