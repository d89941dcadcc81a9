"""Runs functions in frames, which WebKitGTK can only do in a page's main frame.

A script in each frame, in a world of JavaScript of its own, asks for work and answers with what came of the last. That world
shares the document with the frame's own scripts, but not their variables; and the frame's policy does not hold in it.
"""

import json

from gi.repository import JavaScriptCore, WebKit2

HANDLER = "frame"

# The page's main frame tells a frame its name, again and again, since it may load another document: webkit.mjs. What tests
# say to each other is heard before the frame's own scripts, and kept from them.
ASK_FOR_WORK = """
(() => {
  if (window === top) return;
  let isNamed = false;
  addEventListener('message', (event) => {
    const name = event.data?.nameOfFrameForTests;
    if (!name) return;
    event.stopImmediatePropagation();
    if (isNamed) return;
    isNamed = true;
    work(name);
  }, true);

  async function work(name) {
    let answer = null;
    for (;;) {
      const asked = await webkit.messageHandlers.frame.postMessage(JSON.stringify({ name, answer }));
      // The page is being closed.
      if (!asked) return;
      const { id, body } = JSON.parse(asked);
      answer = { id, value: await new Function(`return (async () => { ${body} })();`)() };
    }
  }
})();
"""


class Frames:
    """The frames of a page."""

    def __init__(self, content, world):
        # By name: who waits for work, and work that waits for somebody.
        self.idle = {}
        self.work = {}
        self.answers = {}
        self.last_id = 0
        content.register_script_message_handler_with_reply(HANDLER, world)
        content.connect(f"script-message-with-reply-received::{HANDLER}", self.on_message)
        content.add_script(
            WebKit2.UserScript.new_for_world(
                ASK_FOR_WORK,
                WebKit2.UserContentInjectedFrames.ALL_FRAMES,
                WebKit2.UserScriptInjectionTime.START,
                world,
                None,
                None,
            )
        )

    def on_message(self, _content, message, reply):
        asked = json.loads(message.to_string())
        if asked["answer"]:
            answer = self.answers.pop(asked["answer"]["id"], None)
            if answer:
                answer(asked["answer"].get("value"), None)
        # A frame that has loaded another document takes the place of itself.
        self.idle[asked["name"]] = (message.get_context(), reply)
        self.hand_out(asked["name"])
        return True

    def call(self, name, body, answer):
        """Runs the body of an asynchronous function in the frame with a name, once there is a document."""
        self.last_id += 1
        self.answers[self.last_id] = answer
        self.work.setdefault(name, []).append({"id": self.last_id, "body": body})
        self.hand_out(name)

    def hand_out(self, name):
        if name in self.idle and self.work.get(name):
            context, reply = self.idle.pop(name)
            reply.return_value(JavaScriptCore.Value.new_string(context, json.dumps(self.work[name].pop(0))))
