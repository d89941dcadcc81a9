#!/usr/bin/python3
"""Drives pages in WebKitGTK for webkit.mjs: commands are JSON lines on standard input, answers JSON lines on standard output.

A command is {"id": 1, "page": 1, "do": "evaluate", …}, its answer {"id": 1, "value": …} or {"id": 1, "error": "…"}. Several may
be under way at once. The driver ends with its standard input. Colour scheme and motion are those of the whole process, as with
a desktop, and so are given on its command line: --dark, --still.
"""

import io
import json
import os
import shutil
import sys
import tempfile

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
gi.require_foreign("cairo")
from gi.repository import Gdk, GLib, Gtk, WebKit2  # noqa: E402

from webkit_frames import Frames  # noqa: E402
from webkit_input import Input  # noqa: E402

# What only tests see: a world of JavaScript that shares the document with the page, but no variable and no policy.
WORLD = "tests"
# Of paper; those of static/css/screens.css.
MARGIN_MM = 12


class Page:
    """A page in a window of its own, with storage of its own that no other page sees."""

    def __init__(self, width, height, js, scripts):
        self.folder = tempfile.mkdtemp(prefix="incident-replay-webkit-")
        # An ephemeral context would do for the storage, but writes no console messages.
        data = WebKit2.WebsiteDataManager(
            base_data_directory=f"{self.folder}/data", base_cache_directory=f"{self.folder}/cache"
        )
        content = WebKit2.UserContentManager()
        self.js = js
        if js:
            self.frames = Frames(content, WORLD)
            for script in scripts:
                content.add_script(
                    WebKit2.UserScript.new(
                        script,
                        WebKit2.UserContentInjectedFrames.ALL_FRAMES,
                        WebKit2.UserScriptInjectionTime.START,
                        None,
                        None,
                    )
                )
        self.console = Console()
        self.view = WebKit2.WebView(
            web_context=WebKit2.WebContext(website_data_manager=data), user_content_manager=content
        )
        settings = self.view.get_settings()
        settings.set_enable_write_console_messages_to_stdout(True)
        settings.set_enable_javascript(js)
        self.requests = []
        self.failures = []
        self.loaded = None
        self.view.connect("resource-load-started", self.on_resource)
        self.view.connect("load-changed", self.on_load_changed)
        self.view.connect("load-failed", self.on_load_failed)
        self.view.connect("web-process-terminated", self.on_terminated)
        # Of all windows this kind has any size, without a window manager.
        self.window = Gtk.Window(type=Gtk.WindowType.POPUP)
        self.window.set_default_size(width, height)
        self.window.add(self.view)
        self.window.show_all()
        self.view.grab_focus()
        # Without a window manager the focus goes where the pointer is; a page should have it like that of any reader.
        focus = Gdk.Event.new(Gdk.EventType.FOCUS_CHANGE)
        focus.focus_change.window = self.window.get_window()
        focus.focus_change.in_ = True
        self.window.event(focus)
        self.input = Input(self.view, self.settle)

    def on_resource(self, _view, resource, request):
        self.requests.append(request.get_uri())
        resource.connect("failed", self.on_resource_failed)
        resource.connect("finished", self.on_resource_finished)

    def on_resource_failed(self, resource, error):
        self.failures.append(f"failed: {resource.get_uri()} ({error.message})")

    def on_resource_finished(self, resource):
        response = resource.get_response()
        if response and response.get_status_code() >= 400:
            self.failures.append(f"{response.get_status_code()}: {resource.get_uri()}")

    def on_load_changed(self, _view, event):
        if event == WebKit2.LoadEvent.FINISHED:
            self.finish_load(None)

    def on_load_failed(self, _view, _event, uri, error):
        self.finish_load(f"{uri}: {error.message}")
        # No page of WebKit's own in its place.
        return True

    def on_terminated(self, _view, reason):
        self.failures.append(f"crash: {reason.value_nick}")
        self.finish_load(f"the page's process ended: {reason.value_nick}")

    def finish_load(self, error):
        loaded, self.loaded = self.loaded, None
        if loaded:
            loaded(None, error)

    def load(self, start, answer):
        self.loaded = answer
        start()

    def call(self, body, answer, world=None):
        """Runs the body of an asynchronous function; `answer` gets what it returns, a string or nothing."""

        def finish(view, result):
            # Where scripts are switched off they are so for the page, whose own were left out when it was read.
            if not self.js:
                view.get_settings().set_enable_javascript(False)
            try:
                value = view.call_async_javascript_function_finish(result)
                answer(value.to_string() if value.is_string() else None, None)
            except GLib.Error as error:
                answer(None, error.message)

        if not self.js:
            self.view.get_settings().set_enable_javascript(True)
        self.view.call_async_javascript_function(body, -1, None, world, None, None, finish)

    def script(self, text, answer):
        """Runs a script that returns nothing, in the page's global scope and whatever its policy."""

        def finish(view, result):
            try:
                answer(view.evaluate_javascript_finish(result).to_json(0), None)
            except GLib.Error as error:
                answer(None, error.message)

        self.view.evaluate_javascript(text, -1, None, None, None, finish)

    def settle(self, is_drawn, then):
        """Goes on when the page has taken what was sent to it, and has drawn it if asked to."""
        drawn = "await new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 500); });"
        self.call(drawn if is_drawn else "return", lambda _value, _error: then(), WORLD)

    def resize(self, width, height, answer):
        self.window.resize(width, height)
        body = f"""
            const end = Date.now() + 5000;
            while (innerWidth !== {width} || innerHeight !== {height}) {{
                if (Date.now() > end) throw new Error(`the window is ${{innerWidth}} × ${{innerHeight}}`);
                await new Promise((done) => setTimeout(done, 10));
            }}"""
        self.call(body, answer, WORLD)

    def snapshot(self, full_page, path, answer):
        def finish(view, result):
            try:
                view.get_snapshot_finish(result).write_to_png(path)
                answer(None, None)
            except GLib.Error as error:
                answer(None, error.message)

        region = WebKit2.SnapshotRegion.FULL_DOCUMENT if full_page else WebKit2.SnapshotRegion.VISIBLE
        self.view.get_snapshot(region, WebKit2.SnapshotOptions.NONE, None, finish)

    def print(self, path, answer):
        """Prints on A4 paper, into a file."""
        operation = WebKit2.PrintOperation.new(self.view)
        settings = Gtk.PrintSettings()
        # In GTK's own domain, since its name is in the language of the desktop.
        settings.set_printer(GLib.dgettext("gtk30", "Print to File"))
        settings.set(Gtk.PRINT_SETTINGS_OUTPUT_FILE_FORMAT, "pdf")
        settings.set(Gtk.PRINT_SETTINGS_OUTPUT_URI, GLib.filename_to_uri(path))
        operation.set_print_settings(settings)
        setup = Gtk.PageSetup()
        setup.set_paper_size(Gtk.PaperSize.new(Gtk.PAPER_NAME_A4))
        # WebKit does not take the margins that the page asks for.
        for set_margin in (setup.set_top_margin, setup.set_right_margin, setup.set_bottom_margin, setup.set_left_margin):
            set_margin(MARGIN_MM, Gtk.Unit.MM)
        operation.set_page_setup(setup)
        operation.connect("finished", lambda _operation: answer(None, None))
        operation.connect("failed", lambda _operation, error: answer(None, error.message))
        self.printing = operation
        operation.print_()

    def collect(self, answer):
        def told(_value, _error):
            self.console.read()
            value = {"console": self.console.lines(), "failures": self.failures, "requests": self.requests}
            answer(value, None)

        # What the page has said before it answers was said before.
        self.call("return", told, WORLD)

    def close(self):
        self.window.destroy()
        self.view.terminate_web_process()
        self.console.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Console:
    """What a page's process writes to its standard error: messages of its console, also those of frames and workers."""

    def __init__(self):
        self.reader, writer = os.pipe()
        os.set_blocking(self.reader, False)
        # The process of the page, which is started next, inherits it.
        os.dup2(writer, 2)
        os.close(writer)
        self.text = io.BytesIO()
        self.source = GLib.io_add_watch(self.reader, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, self.read)

    def read(self, *_):
        try:
            while data := os.read(self.reader, 65536):
                self.text.write(data)
        except BlockingIOError:
            # Nothing more now.
            pass
        return True

    def lines(self):
        return self.text.getvalue().decode(errors="replace").splitlines()

    def close(self):
        GLib.source_remove(self.source)
        os.close(self.reader)


class Driver:
    """Takes commands and answers them."""

    def __init__(self, commands, answers):
        self.pages = {}
        self.answers = answers
        self.rest = b""
        self.commands = commands
        GLib.io_add_watch(commands, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, self.on_input)

    def on_input(self, *_):
        data = os.read(self.commands, 1 << 20)
        if not data:
            for page in self.pages.values():
                page.close()
            Gtk.main_quit()
            return False
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.take(json.loads(line))
        return True

    def take(self, command):
        def answer(value, error):
            said = {"id": command["id"], **({"error": error} if error else {"value": value})}
            self.answers.write(json.dumps(said) + "\n")
            self.answers.flush()

        try:
            self.do(command, answer)
        except Exception as error:  # pylint: disable=broad-except
            # One command fails, not all that follow.
            answer(None, f"{type(error).__name__}: {error}")

    def do(self, command, answer):
        name, number = command["do"], command["page"]
        if name == "start":
            return answer(None, None)
        if name == "open":
            page = Page(command["width"], command["height"], command["js"], command["scripts"])
            self.pages[number] = page
            return page.load(lambda: page.view.load_uri(command["url"]), answer)
        page = self.pages[number]
        if name == "evaluate":
            if command.get("frame") is not None:
                return page.frames.call(command["frame"], command["body"], answer)
            return page.call(command["body"], answer, WORLD if command.get("inTestsWorld") else None)
        if name == "script":
            return page.script(command["text"], answer)
        if name == "reload":
            return page.load(page.view.reload, answer)
        if name == "resize":
            return page.resize(command["width"], command["height"], answer)
        if name == "snapshot":
            return page.snapshot(command["fullPage"], command["path"], answer)
        if name == "print":
            return page.print(command["path"], answer)
        if name == "input":
            return page.input.perform(command["steps"], lambda: answer(None, None))
        if name == "collect":
            return page.collect(answer)
        if name == "close":
            self.pages.pop(number).close()
            return answer(None, None)
        raise ValueError(f"no command {name}")


def main():
    # What pages' processes inherit is not where answers and this program's own errors go.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8", buffering=1)
    settings = Gtk.Settings.get_default()
    settings.set_property("gtk-application-prefer-dark-theme", "--dark" in sys.argv)
    settings.set_property("gtk-enable-animations", "--still" not in sys.argv)
    # The pointer of the screen is not the tests', and would hover over the page.
    display = Gdk.Display.get_default()
    pointer = display.get_default_seat().get_pointer()
    pointer.warp(display.get_default_screen(), 9999, 9999)
    Driver(0, answers)
    Gtk.main()


main()
