"""Make the pictures of both windows anew: light, dark, and with twice as many pixels."""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QColor, QImage, QPalette
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QTabWidget
from sample_control import SampleControl
from server_desk import Desk, make_application
from settings import Settings, save
from settings_window import SettingsWindow

SETTINGS = Settings(
    database="sqlite:////srv/messenger/server.db",
    host="0.0.0.0",
    server_name="Семинар",
    administrator="Анна",
)
LOOKS = {"light": ("light", 1), "dark": ("dark", 1), "light-2x": ("light", 2)}
NIGHT = {
    (QPalette.Window, QPalette.Button): "#2b2d31",
    (QPalette.Base,): "#1f2124",
    (QPalette.AlternateBase,): "#26282c",
    (QPalette.WindowText, QPalette.Text, QPalette.ButtonText): "#e3e5e8",
    (QPalette.ToolTipBase,): "#3a3d42",
    (QPalette.ToolTipText, QPalette.BrightText): "#ffffff",
    (QPalette.Highlight, QPalette.Link): "#3b78c9",
    (QPalette.HighlightedText,): "#ffffff",
}
FAINT = (QPalette.Text, QPalette.WindowText, QPalette.ButtonText)


def main():
    """Make all pictures, each look in a process of its own: the scale is set at the start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--look", choices=LOOKS, help="make only these, in this process")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.look:
        make(arguments.folder, arguments.look)
        return
    for look, (_, scale) in LOOKS.items():
        environment = os.environ | {"QT_SCALE_FACTOR": str(scale)}
        command = [sys.executable, __file__, str(arguments.folder), "--look", look]
        subprocess.run(command, env=environment, check=True, timeout=60)


def make(folder, look):
    """Make the pictures of one look."""
    application = make_application()
    application.setStyle("fusion")
    if LOOKS[look][0] == "dark":
        application.setPalette(night())
    shoot_settings(folder, look)
    with tempfile.TemporaryDirectory() as home:
        shoot_window(folder, look, Path(home) / "server.ini")


def night():
    """Return a palette as systems have it that are set to dark."""
    palette = QPalette(QColor("#2b2d31"), QColor("#2b2d31"))  # with the shades between
    for roles, colour in NIGHT.items():
        for role in roles:
            palette.setColor(role, QColor(colour))
    for role in FAINT:
        palette.setColor(QPalette.Disabled, role, QColor("#85898f"))
    return palette


def shoot_settings(folder, look):
    """Take the settings window, all right and with two mistakes in it."""
    for name, settings in {
        "settings": SETTINGS,
        "settings-wrong": replace(SETTINGS, port=80, host="my server"),
    }.items():
        form = SettingsWindow(settings)
        form.show()
        take(form, folder / f"{name}-{look}.png")
        form.close()


def shoot_window(folder, look, path):
    """Take the administration window, each of its tables."""
    save(SETTINGS, path)
    control, desk = SampleControl(), None
    desk = Desk(control, path)
    desk.open()
    desk.form.save_wanted.emit(desk.settings)
    desk.window.resize(1280, 800)
    QTest.qWaitForWindowExposed(desk.window)
    while desk.window.clients.model().rowCount() == 0 or not control.running:
        QTest.qWait(10)
    desk.refresh_table()
    tabs = desk.window.findChild(QTabWidget, "tabs")
    desk.window.clients.selectRow(3)
    for number, name in enumerate(("clients", "online", "history")):
        tabs.setCurrentIndex(number)
        QTest.qWait(100)
        take(desk.window, folder / f"{name}-{look}.png")
    desk.window.close_now()


def take(window, path):
    """Save a picture of a window."""
    QApplication.processEvents()
    image = window.grab().toImage().convertToFormat(QImage.Format_Indexed8, Qt.ThresholdDither)
    if not image.save(str(path), quality=0):
        raise SystemExit(f"{path} cannot be written")
    print(path)


if __name__ == "__main__":
    main()
