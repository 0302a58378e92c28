"""Take pictures of the client's windows, without a screen: python screenshots.py FOLDER."""

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

sys.path += [str(up) for up in Path(__file__).resolve().parents if (up / "common").is_dir()]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from client_models import ConversationModel
from client_window import ClientWindow
from line_models import FoundModel, MessageModel
from login_window import LoginWindow
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QImage, QPixmap
from PyQt5.QtWidgets import QApplication

from common.client_lines import Conversation, Line

NOW = time.mktime((2026, 11, 20, 14, 30, 0, 0, 0, -1))
TALK = (  # minutes ago, who, text, state
    (1500, "Анна", "Привет! Ты придёшь завтра на занятие?", "received"),
    (1498, "me", "Да, конечно. Взять ноутбук?", "delivered"),
    (
        1495,
        "Анна",
        "Возьми. Будем писать сервер на select, и лучше, чтобы каждый попробовал сам.",
        "received",
    ),
    (62, "Анна", "Мы в аудитории 214.", "received"),
    (61, "Анна", "Второй этаж, сразу налево", "received"),
    (58, "me", "Иду. Поезд опоздал на десять минут.", "delivered"),
    (
        *(31, "me"),
        "I pushed my version of the framing code. It now survives being split at any byte:\n"
        "• one message in many segments\n• many messages in one segment\n• half a letter",
        "stored",
    ),
    (29, "Анна", "Great! Works here too: https://example.org/framing <b>not bold</b>", "received"),
    (2, "me", "А где твой Connection? Хочу сравнить.", "refused"),
    (1, "me", "А где твой Connection?", "waiting"),
)
CHATS = (  # chat, minutes ago, last text, unread
    ("Анна", 1, "А где твой Connection?", 0),
    ("#all", 4, "Zoë: the demo starts at three, everybody is welcome", 3),
    ("Вася", 17, "Смотри, что получилось с потоками, я и не думал, что так бывает", 12),
    ("#друзья", 95, "Маша: до субботы!", 0),
    ("bob_2", 1600, "thanks", 0),
    ("Zoë", 9000, "see you on Monday", 0),
    ("eve", 20000, "hi, do I know you?", 1),
)
PEOPLE, ROOMS = (
    ("Анна", "Вася", "bob_2", "Zoë", "Константинопольская.Мария", "Ωμέγα"),
    ("#друзья", "#lesson_13"),
)


def lines():
    """Return an invented talk."""
    return [
        Line(
            key,
            "Анна",
            who,
            text,
            NOW - 60 * ago,
            who == "me",
            state,
            "404: no such user" * (state == "refused"),
        )
        for key, (ago, who, text, state) in enumerate(TALK)
    ]


def window(size):
    """Return a window in which friendly people talk."""
    view, chats = ClientWindow(), ConversationModel(None)
    view.models = chats, MessageModel(), FoundModel()
    chats.load(
        [Conversation(c, text, NOW - 60 * ago, n) for c, ago, text, n in CHATS], PEOPLE, ROOMS
    )
    chats.set_online(["Анна", "Вася", "Zoë"])
    view.chat_opened.connect(lambda chat: view.models[1].show_chat(chat, lines(), False, 0))
    view.set_models(*view.models)
    view.show_account("Женя", "127.0.0.1, port 7777")
    view.show_connection("online")
    view.resize(*size)
    view.show()
    view.open_chat("Анна")
    return view


def save(widget, path, scale=1):
    """Paint a widget into a file."""
    QApplication.processEvents()
    QApplication.processEvents()
    picture = QPixmap(widget.size() * scale)
    picture.setDevicePixelRatio(scale)
    widget.render(picture)
    small(picture.toImage()).save(str(path), quality=0)
    print(path)


def small(image):
    """Return an image with the 256 colours that it has most of: a file of a fifth of the size."""
    image = image.convertToFormat(QImage.Format_RGB32)
    pixels = memoryview(image.constBits().asstring(image.sizeInBytes())).cast("I")
    table = [colour for colour, _ in Counter(pixels).most_common(256)]
    return image.convertToFormat(QImage.Format_Indexed8, table, Qt.ThresholdDither)


def take(folder):
    """Take all pictures."""
    view = window((1280, 800))
    save(view, folder / "light.png")
    save(view, folder / "light_2x.png", 2)
    view.show_settings({"theme": "dark", "text_size": 10})
    view.show_connection("waiting", 12)
    view.pane.composer.set_text("Отправлю, как только появится связь.\nA second line.")
    save(view, folder / "dark.png")
    view.pane.composer.set_text("слово " * 80)
    view.resize(480, 640)
    save(view, folder / "narrow.png")
    view.close()
    others(folder)


def others(folder):
    """Take pictures of the search, of an empty window and of the dialogs."""
    view = window((1280, 800))
    view.show_settings({"theme": "light", "text_size": 10})
    view.search_wanted.connect(
        lambda text: view.models[2].show([x for x in lines() if text in x.text])
    )
    view.open_search()
    view.pane.search.field.setText("Connection")
    view.pane.search.search()
    save(view, folder / "search.png")
    view.ask_contact()
    view.show_users(PEOPLE)
    view._dialog.field.setText("admin with spaces")
    save(view._dialog, folder / "contact.png")
    view._dialog.reject()
    view.ask_removal("Вася")
    save(QApplication.activeModalWidget(), folder / "removal.png")
    QApplication.activeModalWidget().reject()
    view.ask_settings()
    save(QApplication.activeModalWidget(), folder / "settings.png")
    view.close()
    login(folder)


def login(folder):
    """Take a picture of the dialog at the start."""
    dialog = LoginWindow()
    dialog.show_values("127.0.0.1", 7777, "Женя")
    dialog.show()
    dialog.show_error(
        "409: Женя is here already. Choose another name, or wait until the other one has left."
    )
    save(dialog, folder / "login.png")
    dialog.close()


def main():
    """Read where the pictures go, and take them."""
    parser = argparse.ArgumentParser(description="Take pictures of the client's windows.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([sys.argv[0]])
    application.setStyle("fusion")
    import client_models
    import line_models

    client_models.time = line_models.time = lambda: NOW
    take(folder)


if __name__ == "__main__":
    main()
